"""Callbacks that began, and for which nobody called: somebody is told, once for each time that they begin."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from agents.models import SLOT, Callback
from agents.selectors.due import begun_untold, organizations_with_due
from agents.services import due
from agents.services.callbacks import update_callback
from agents.services.calling import record_call
from agents.services.due import claiming
from core.actor import Actor
from tests.agents.due_rows import NOW, in_minutes
from tests.agents.factories import AIAgentFactory, CallFactory
from tests.agents.hearing import heard
from tests.stored import audited, queued_mails

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]

SECOND = timedelta(seconds=1)


def begun(agent, *, scheduled=-20, ago=SLOT, **fields):
    """A callback of an agent that began so long ago."""
    return in_minutes(agent, scheduled, status="in_progress", started_at=NOW - ago, **fields)


def called(callback, ago, status="in_progress"):
    """A call for a callback, begun so long ago."""
    return CallFactory(customer=callback.customer, callback=callback, started_at=NOW - ago, status=status)


def told():
    """The callbacks of which somebody was told, in the order of their times."""
    return list(Callback.objects.exclude(overdue_at=None).order_by("scheduled_datetime"))


@pytest.fixture
def system(in_scope):
    """Whoever sees everything."""
    return Actor(kind="system", organization_id=in_scope.pk)


def test_somebody_is_told_when_nobody_called_for_a_quarter_of_an_hour(sarah, ours, django_capture_on_commit_callbacks):
    callback = begun(sarah)
    begun(sarah, scheduled=-40, ago=SLOT - SECOND)
    called(begun(sarah, scheduled=-60, ago=timedelta(hours=1)), timedelta(hours=1))
    in_minutes(sarah, -80, status="completed", started_at=NOW - timedelta(hours=1))
    with time_machine.travel(NOW - SECOND, tick=False):
        due.look()
    assert told() == []

    with django_capture_on_commit_callbacks() as callbacks:
        due.look()

    assert told() == [callback]
    callback.refresh_from_db()
    assert (callback.status, callback.overdue_at, callback.started_at) == ("in_progress", NOW, NOW - SLOT)
    [event] = heard(callbacks)
    assert (event.name, event.data["id"], event.data["status"], event.data["is_overdue"]) == (
        "callback.overdue",
        str(callback.pk),
        "in_progress",
        False,
    )
    assert event.audience == {f"client:{ours.client.pk}", f"agent:{ours.agent.pk}"}
    assert audited() == []
    [mail] = queued_mails("agents_overdue")
    assert (mail["to"], mail["subject"]) == (ours.agent.email, "A callback is overdue")


def test_the_mail_says_that_it_began_and_nobody_called(sarah, ours):
    sarah.timezone = "Europe/Paris"
    sarah.save(update_fields=["timezone"])
    begun(sarah, customer={"name": "Ada", "phone_number": "+33612345678"}, reason="Pricing")
    due.look()
    in_minutes(AIAgentFactory(status="paused", assigned_to=ours.agent), -30, {"name": "Bob"})
    begun(sarah, scheduled=-60, ago=timedelta(hours=1))
    due.look()
    alone, both = queued_mails("agents_overdue")
    for body in (alone["text"], alone["html"]):
        assert "What has begun is in progress, but no call was recorded for it since." in body
        assert "Begun Mon 2 Mar, 10:45: nobody called" in body
        assert "the agent was not ready" not in body
    assert "Mon 2 Mar 2026, 10:40 (Europe/Paris)\nAda, +33612345678\nPricing\n" in alone["text"]
    for body in (both["text"], both["html"]):
        assert body.count("the agent was not ready") == body.count("What has begun is in progress") == 1
        assert body.count(": nobody called") == 1
    assert both["subject"] == "2 callbacks are overdue"
    assert both["text"].index("Begun ") < both["text"].index("Bob")  # the earliest first


def test_what_only_waits_is_told_of_as_before(ours, in_scope):
    in_minutes(AIAgentFactory(status="paused", assigned_to=ours.agent), -30)
    due.look()
    [mail] = queued_mails("agents_overdue")
    for body in (mail["text"], mail["html"]):
        assert "the agent was not ready" in body
        assert "begun" not in body.lower()


def test_it_is_told_once_and_keeps_nobody_from_completing_it(sarah, system):
    callback = begun(sarah)
    for _ in range(3):
        due.look()
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        due.look()
        record_call(by=system, customer_id=callback.customer_id, callback_id=callback.pk, status="completed")
        due.look()
    callback.refresh_from_db()
    assert (callback.status, callback.overdue_at) == ("completed", NOW)
    assert len(queued_mails("agents_overdue")) == 1


def test_what_beat_began_after_it_was_called_overdue_is_told_of_again(sarah):
    sarah.status = "paused"
    sarah.save(update_fields=["status"])
    callback = in_minutes(sarah, -20)
    due.look()
    sarah.status = "active"
    sarah.save(update_fields=["status"])
    for minutes, number in ((5, 1), (19, 1), (20, 2), (60, 2)):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            due.look()
        assert len(queued_mails("agents_overdue")) == number
    callback.refresh_from_db()
    assert (callback.status, callback.overdue_at) == ("in_progress", NOW + timedelta(minutes=20))


def test_what_is_begun_once_more_after_no_answer_needs_another_call(sarah):
    again = begun(sarah, scheduled=-90, ago=timedelta(minutes=30))
    called(again, timedelta(hours=1), status="no_answer")
    due.look()
    assert told() == [again]


def test_a_new_time_begins_it_anew(sarah, system):
    callback = begun(sarah)
    due.look()
    later = NOW + timedelta(hours=1)
    update_callback(callback_id=callback.pk, by=system, scheduled_datetime=later)
    assert told() == []
    for after in (timedelta(0), SLOT - SECOND, SLOT, SLOT + SECOND):
        with time_machine.travel(later + after, tick=False):
            due.look()
        assert told() == ([callback] if after >= SLOT else [])
    assert len(queued_mails("agents_overdue")) == 2


def test_whoever_asked_not_to_be_called_is_in_no_mail(sarah):
    callback = begun(sarah, customer={"do_not_call": True})
    due.look()
    assert told() == [callback]
    assert queued_mails() == []


def test_many_are_told_of_in_portions(sarah, ours, monkeypatch):
    monkeypatch.setattr(claiming, "MOST_AT_ONCE", 4)
    paused = AIAgentFactory(status="paused", assigned_to=ours.agent)
    for number in range(5):
        begun(sarah, scheduled=-60 - 15 * number)
        in_minutes(paused, -60 - 15 * number)
    numbers = []
    for _ in range(4):
        due.look()
        numbers.append((len(told()), len(queued_mails())))
    assert numbers == [(4, 1), (8, 2), (10, 3), (10, 3)]
    assert organizations_with_due(now=NOW) == []


def test_they_are_found_in_an_index_that_has_no_others(sarah):
    callback = begun(sarah)
    times = [NOW - timedelta(days=1) - SLOT * number for number in range(3000)]
    Callback.objects.bulk_create(
        Callback(agent=sarah, customer=callback.customer, scheduled_datetime=at, ends_at=at + SLOT, status="completed")
        for at in times
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE agents_callback, agents_call")
    plan = Callback.unscoped.filter(begun_untold(now=NOW)).values_list("pk").order_by().explain()
    assert "callback_begun_untold" in plan
    assert list(Callback.unscoped.filter(begun_untold(now=NOW))) == [callback]
