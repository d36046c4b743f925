"""Callbacks whose slot has gone by while they waited: marked, announced and written about, once for each time."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Callback
from agents.services import due
from agents.services.due import claiming
from agents.services.due.overdue import mark_overdue
from tests.agents.due_rows import NOW, in_minutes
from tests.agents.factories import AIAgentFactory
from tests.agents.hearing import heard
from tests.stored import audited, queued_mails

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]


@pytest.fixture
def paused(ours, in_scope):
    """An AI agent that begins nothing; ours.agent looks after it."""
    return AIAgentFactory(name="Sarah", status="paused", owner=ours.client, assigned_to=ours.agent)


def marked():
    """The callbacks that are marked, in the order of their times."""
    return list(Callback.objects.exclude(overdue_at=None).order_by("scheduled_datetime"))


def test_one_is_overdue_when_its_slot_has_ended_and_it_still_waits(paused, ours, django_capture_on_commit_callbacks):
    overdue = in_minutes(paused, -15, status="rescheduled")
    in_minutes(paused, 1)
    for status, ago in (("in_progress", 30), ("completed", 45), ("cancelled", 60)):
        in_minutes(paused, -ago, status=status)
    with time_machine.travel(NOW - timedelta(seconds=1), tick=False):
        due.look()
    assert marked() == []

    with django_capture_on_commit_callbacks() as callbacks:
        due.look()

    assert marked() == [overdue]
    overdue.refresh_from_db()
    assert (overdue.status, overdue.overdue_at, overdue.started_at) == ("rescheduled", NOW, None)
    [event] = heard(callbacks)
    assert (event.name, event.data["id"], event.data["is_overdue"]) == ("callback.overdue", str(overdue.pk), True)
    assert event.audience == {f"client:{ours.client.pk}", f"agent:{ours.agent.pk}"}
    assert audited() == []
    [mail] = queued_mails("agents_overdue")
    assert (mail["to"], mail["subject"]) == (ours.agent.email, "A callback is overdue")


def test_it_is_told_once_and_again_if_another_time_goes_by(paused):
    callback = in_minutes(paused, -20)
    for _ in range(3):
        due.look()
    assert len(queued_mails("agents_overdue")) == 1
    later = NOW + timedelta(hours=1)
    Callback.objects.update(scheduled_datetime=later, ends_at=later + timedelta(minutes=15), overdue_at=None)
    due.look()
    assert len(queued_mails("agents_overdue")) == 1
    with time_machine.travel(later + timedelta(minutes=15), tick=False):
        due.look()
        due.look()
        assert len(queued_mails("agents_overdue")) == 2
    callback.refresh_from_db()
    assert callback.overdue_at == later + timedelta(minutes=15)


def test_a_mail_lists_all_that_are_somebodys_with_the_times_where_their_agents_are(paused, ours):
    other = AIAgentFactory(name="Olga", status="training", timezone="America/New_York", assigned_to=ours.agent)
    in_minutes(
        paused, -600, {"name": "Ada Lovelace", "phone_number": "+33612345678"}, reason="Pricing", priority_level=5
    )
    in_minutes(paused, -300, {"name": "", "phone_number": "+33687654321"}, reason="")
    in_minutes(other, -60, {"name": "Bob <b>&"})
    due.look()
    [mail] = queued_mails()
    assert mail["subject"] == "3 callbacks are overdue"
    assert "Mon 2 Mar 2026, 00:00 (UTC)\nAda Lovelace, +33612345678\nPricing\nPriority 5 of 5, Sarah\n" in mail["text"]
    assert "Mon 2 Mar 2026, 05:00 (UTC)\n+33687654321\nPriority 3 of 5, Sarah\n" in mail["text"]
    assert "Mon 2 Mar 2026, 04:00 (America/New_York)\nBob <b>&, " in mail["text"]
    assert "Bob &lt;b&gt;&amp;" in mail["html"]
    assert 'href="tel:+33612345678"' in mail["html"]
    assert "/admin/" not in mail["html"] + mail["text"]


def test_each_person_gets_a_mail_of_his_own_agents(paused, ours, neighbour):
    in_minutes(paused, -60, {"name": "Ada"})
    in_minutes(AIAgentFactory(status="paused", owner=neighbour), -60, {"name": "Bob"})
    due.look()
    mails = {mail["to"]: mail["text"] for mail in queued_mails("agents_overdue")}
    assert mails.keys() == {ours.agent.email, neighbour.email}
    assert ("Ada" in mails[ours.agent.email], "Bob" in mails[ours.agent.email]) == (True, False)
    assert ("Ada" in mails[neighbour.email], "Bob" in mails[neighbour.email]) == (False, True)


@pytest.mark.parametrize(
    ("assigned", "owner", "told"),
    [
        ("active", "active", "agent@demo.test"),
        (None, "active", "client@demo.test"),
        ("deactivated", "active", "client@demo.test"),
        ("another role", "active", "client@demo.test"),
        ("active", None, "agent@demo.test"),
        ("deactivated", "deactivated", None),
        (None, "deactivated", None),
        (None, "another role", None),
        (None, None, None),
    ],
)
def test_it_is_told_to_whoever_looks_after_the_agent_or_else_to_its_owner(
    ours, in_scope, caplog, assigned, owner, told
):
    for person, state in ((ours.agent, assigned), (ours.client, owner)):
        person.is_active = state != "deactivated"
        person.role = "admin" if state == "another role" else person.role
        person.save(update_fields=["is_active", "role"])
    agent = AIAgentFactory(
        status="paused", assigned_to=ours.agent if assigned else None, owner=ours.client if owner else None
    )
    callback = in_minutes(agent, -60)
    due.look()
    assert marked() == [callback]
    assert [mail["to"] for mail in queued_mails()] == ([told] if told else [])
    logged = [record.msg for record in caplog.records if "agents_mail_to_nobody" in str(record.msg)]
    assert [one["agents"] for one in logged] == ([] if told else [[str(agent.pk)]])


def test_whoever_may_enter_the_admin_gets_a_link_into_it(paused, ours):
    in_minutes(paused, -60)
    ours.agent.is_staff = True
    ours.agent.save(update_fields=["is_staff"])
    due.look()
    [mail] = queued_mails()
    for body in (mail["html"], mail["text"]):
        assert "http://localhost:8000/admin/agents/callback/" in body


def test_what_somebody_may_do_is_asked_once_however_many_agents_are_his(paused, ours, django_assert_num_queries):
    ours.agent.is_staff = True
    ours.agent.save(update_fields=["is_staff"])
    ours.agent.has_perm("agents.view_callback")  # Django remembers what it finds of content types
    for minutes in (60, 75):
        in_minutes(AIAgentFactory(status="paused", assigned_to=ours.agent), -minutes)
    with CaptureQueriesContext(connection) as of_two:
        assert mark_overdue(NOW) == 2
    for minutes in range(60, 240, 15):
        in_minutes(AIAgentFactory(status="paused", assigned_to=ours.agent), -minutes)
    with django_assert_num_queries(len(of_two)):
        assert mark_overdue(NOW) == 12
    assert [mail["to"] for mail in queued_mails()] == [ours.agent.email] * 2


def test_whoever_asked_not_to_be_called_is_in_no_mail(paused):
    callback = in_minutes(paused, -60, {"do_not_call": True})
    due.look()
    assert marked() == [callback]
    assert queued_mails() == []


def test_what_begins_is_not_overdue(sarah):
    callback = in_minutes(sarah, -60)
    due.look()
    callback.refresh_from_db()
    assert (callback.status, callback.overdue_at) == ("in_progress", None)
    assert queued_mails() == []


def test_a_long_mail_says_how_many_more_there_are(paused):
    for number in range(53):
        in_minutes(paused, -60 - 15 * number, {"name": f"Customer {number:02}."})
    due.look()
    [mail] = queued_mails()
    assert mail["subject"] == "53 callbacks are overdue"
    assert mail["text"].count("Customer") == mail["html"].count(">Customer") == 50
    for body in (mail["text"], mail["html"]):
        assert "And 3 more." in body
        assert "Customer 52." in body  # who has waited longest
    assert len(mail["html"]) < 100_000


def test_many_are_told_of_in_portions(paused, monkeypatch):
    monkeypatch.setattr(claiming, "MOST_AT_ONCE", 4)
    for number in range(10):
        in_minutes(paused, -60 - 15 * number)
    numbers = []
    for _ in range(4):
        due.look()
        numbers.append((len(marked()), len(queued_mails())))
    assert numbers == [(4, 1), (8, 2), (10, 3), (10, 3)]
    assert marked()[0].scheduled_datetime == NOW - timedelta(minutes=195)
