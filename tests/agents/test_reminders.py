"""Whoever looks after an agent is reminded of what is near, once for each callback and time."""

from datetime import timedelta

import pytest
import time_machine

from agents.models import Callback
from agents.services import due
from agents.services.due import claiming
from tests.agents.due_rows import NOW, in_minutes
from tests.agents.factories import AIAgentFactory
from tests.stored import audited, queued_mails

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]


def reminded():
    """The callbacks of which somebody was reminded."""
    return set(Callback.objects.exclude(reminded_at=None))


def test_what_begins_within_half_an_hour_is_reminded_of(sarah, ours):
    near = {
        in_minutes(
            sarah, 1, {"name": "Ada Lovelace", "phone_number": "+33612345678"}, reason="Pricing", priority_level=5
        ),
        in_minutes(sarah, 30, {"name": "", "phone_number": "+33687654321"}, reason="", status="rescheduled"),
    }
    in_minutes(sarah, 31 + 15)
    for status, minutes in (("in_progress", 16), ("completed", 20), ("cancelled", 20)):
        in_minutes(AIAgentFactory(assigned_to=ours.agent), minutes, status=status)
    due.look()
    assert reminded() == near
    assert set(Callback.objects.exclude(reminded_at=None).values_list("reminded_at", flat=True)) == {NOW}
    [mail] = queued_mails()
    assert (mail["to"], mail["kind"], mail["subject"]) == (
        ours.agent.email,
        "agents_reminder",
        "2 callbacks are coming up",
    )
    assert "Mon 2 Mar 2026, 10:01 (UTC)\nAda Lovelace, +33612345678\nPricing\nPriority 5 of 5, Sarah\n" in mail["text"]
    assert "Mon 2 Mar 2026, 10:30 (UTC)\n+33687654321\nPriority 3 of 5, Sarah\n" in mail["text"]
    assert audited() == []


def test_it_is_reminded_of_once_and_again_at_another_time(sarah):
    callback = in_minutes(sarah, 20)
    for _ in range(3):
        due.look()
    assert len(queued_mails()) == 1
    later = NOW + timedelta(hours=3)
    Callback.objects.update(scheduled_datetime=later, ends_at=later + timedelta(minutes=15), reminded_at=None)
    due.look()
    assert len(queued_mails()) == 1
    with time_machine.travel(later - timedelta(minutes=30), tick=False):
        due.look()
        due.look()
        assert len(queued_mails()) == 2
    assert reminded() == {callback}


def test_the_time_is_where_the_agent_is(in_scope, ours):
    agent = AIAgentFactory(timezone="Asia/Kolkata", owner=ours.client)
    in_minutes(agent, 10)
    due.look()
    [mail] = queued_mails()
    assert "Mon 2 Mar 2026, 15:40 (Asia/Kolkata)" in mail["text"]
    assert mail["to"] == ours.client.email
    assert mail["subject"] == "A callback is coming up"


@pytest.mark.parametrize("status", ["training", "paused"])
def test_somebody_is_reminded_of_an_agent_that_does_not_call_too(in_scope, ours, status):
    callback = in_minutes(AIAgentFactory(status=status, owner=ours.client), 10)
    due.look()
    assert reminded() == {callback}
    assert len(queued_mails()) == 1


def test_nobody_is_reminded_of_whoever_asked_not_to_be_called(sarah):
    in_minutes(sarah, 10, {"do_not_call": True})
    due.look()
    assert reminded() == set()
    assert queued_mails() == []


@pytest.mark.parametrize(("minutes", "number"), [(0, 0), (9, 0), (10, 1), (1440, 2)])
def test_how_long_before_is_a_setting_and_none_is_never(sarah, settings, minutes, number):
    settings.CALLBACK_REMINDER_MINUTES = minutes
    in_minutes(sarah, 10)
    in_minutes(sarah, 1440)
    due.look()
    assert len(reminded()) == number
    assert len(queued_mails()) == min(number, 1)


def test_what_nobody_looks_after_is_marked_and_logged(in_scope, caplog):
    callback = in_minutes(AIAgentFactory(), 10)
    due.look()
    assert reminded() == {callback}
    assert queued_mails() == []
    assert "agents_mail_to_nobody" in caplog.text


def test_many_are_reminded_of_in_portions(sarah, ours, monkeypatch, settings):
    settings.CALLBACK_REMINDER_MINUTES = 120
    monkeypatch.setattr(claiming, "MOST_AT_ONCE", 3)
    for number in range(7):
        in_minutes(sarah, 1 + 15 * number)
    numbers = []
    for _ in range(4):
        due.look()
        numbers.append((len(reminded()), len(queued_mails())))
    assert numbers == [(3, 1), (6, 2), (7, 3), (7, 3)]


def test_a_mail_that_cannot_be_written_leaves_no_mark_and_keeps_no_other_step_from_being_done(sarah, ours, caplog):
    near, late = in_minutes(sarah, 20), in_minutes(sarah, -1)
    type(ours.agent).unscoped.filter(pk=ours.agent.pk).update(email="no address")
    due.look()
    late.refresh_from_db()
    assert late.status == "in_progress"
    assert reminded() == set()
    assert queued_mails() == []
    [record] = [record.msg for record in caplog.records if "agents_look_failed" in str(record.msg)]
    assert record["step"] == "remind"
    type(ours.agent).unscoped.filter(pk=ours.agent.pk).update(email="agent@demo.test")
    due.look()
    assert reminded() == {near}
    assert len(queued_mails()) == 1
