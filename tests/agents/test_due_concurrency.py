"""Looks side by side, beside people who change the same callbacks, and by workers who are killed: each thing once."""

import re
from collections import Counter
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from agents.models import SLOT, Callback
from agents.services import due
from core import tenancy
from core.outbox.models import OutboxEvent
from core.testing.waiting import eventually
from tests.agents.factories import AIAgentFactory, CallbackFactory, CustomerFactory
from tests.stored import audited, queued_mails
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def fill(agent, number, *, first, **fields):
    """So many callbacks of an agent, a slot apart, from `first` on."""
    customer = CustomerFactory(agent=agent)
    times = [first + SLOT * each for each in range(number)]
    rows = [
        Callback(agent=agent, customer=customer, scheduled_datetime=at, ends_at=at + SLOT, **fields) for at in times
    ]
    return Callback.objects.bulk_create(rows)


def told_of():
    """How many callbacks each kind of mail has told of in all."""
    told = Counter()
    for mail in queued_mails():
        number = re.match(r"(A|\d+) callbacks? ", mail["subject"]).group(1)
        told[mail["kind"]] += 1 if number == "A" else int(number)
    return told


def begun():
    """How often each callback was recorded to have begun."""
    return Counter(entry["resource_id"] for entry in audited() if entry["action"] == "execute")


def test_looks_side_by_side_do_nothing_twice_and_leave_nothing(ours, in_scope, settings):
    settings.CALLBACK_REMINDER_MINUTES = 240
    now = timezone.now()
    for _ in range(6):
        ready = AIAgentFactory(assigned_to=ours.agent)
        fill(ready, 8, first=now - timedelta(hours=9))
        paused = AIAgentFactory(status="paused", assigned_to=ours.agent)
        fill(paused, 8, first=now - timedelta(hours=9))
        fill(paused, 8, first=now + timedelta(hours=1))
    for _ in range(3):
        at_once([due.look] * 4)
    assert Callback.objects.filter(status="in_progress").count() == 48
    assert begun() == Counter(
        str(pk) for pk in Callback.objects.filter(status="in_progress").values_list("pk", flat=True)
    )
    assert Callback.objects.exclude(overdue_at=None).count() == 48
    assert Callback.objects.exclude(reminded_at=None).count() == 48
    assert told_of() == {"agents_overdue": 48, "agents_reminder": 48}


def test_looks_side_by_side_start_no_more_than_a_days_calls(in_scope):
    agent = AIAgentFactory(max_daily_calls=5)
    fill(agent, 40, first=timezone.now() - timedelta(hours=20))
    for _ in range(3):
        at_once([due.look] * 4)
    assert Callback.objects.filter(status="in_progress").count() == 5
    assert len(begun()) == 5


@pytest.mark.parametrize("held", ["agent", "customer", "callback"])
def test_what_somebody_is_changing_is_left_to_the_next_look_which_waits_for_nobody(in_scope, held):
    now = timezone.now()
    customer = CustomerFactory()
    callback = CallbackFactory(customer=customer, scheduled_datetime=now - timedelta(minutes=20))
    other = CallbackFactory(scheduled_datetime=now - timedelta(minutes=20))
    row = {"agent": callback.agent, "customer": customer, "callback": callback}[held]
    is_held, may_go = Event(), Event()

    def hold():
        try:
            with tenancy.scope(in_scope.pk), transaction.atomic():
                type(row).objects.select_for_update(no_key=True).get(pk=row.pk)
                is_held.set()
                may_go.wait(30)
        finally:
            connection.close()

    thread = Thread(target=hold)
    thread.start()
    assert is_held.wait(10)
    due.look()
    may_go.set()
    thread.join()
    assert list(Callback.objects.filter(status="in_progress")) == [other]
    due.look()
    assert set(Callback.objects.filter(status="in_progress")) == {callback, other}
    assert set(begun().values()) == {1}
    assert not Callback.objects.exclude(overdue_at=None).exists()


@pytest.mark.system
def test_a_worker_who_is_killed_in_the_middle_loses_nothing_and_the_next_one_repeats_nothing(
    ours, in_scope, monkeypatch, start_worker, start_beat
):
    monkeypatch.setenv("CALLBACK_REMINDER_MINUTES", "1440")
    now = timezone.now()
    for _ in range(8):
        paused = AIAgentFactory(status="paused", assigned_to=ours.agent)
        fill(paused, 90, first=now - timedelta(hours=24))
        fill(paused, 90, first=now + timedelta(minutes=50))
        fill(AIAgentFactory(max_daily_calls=1000, owner=None), 70, first=now - timedelta(hours=20))
    # However quick the first worker is, it leaves what we hold.
    with transaction.atomic():
        paused = Callback.objects.filter(agent__status="paused").order_by("pk")
        assert len(paused.select_for_update(no_key=True, of=("self",))[:100]) == 100
        start_beat()
        worker = start_worker()
        eventually(lambda: Callback.objects.exclude(overdue_at=None).exists(), seconds=30)
        worker.kill()
    assert Callback.objects.filter(status="scheduled", overdue_at=None, reminded_at=None).exists()
    start_worker()

    def is_done():
        waiting = Callback.objects.filter(status="scheduled")
        untold = waiting.filter(agent__status="paused", overdue_at=None, reminded_at=None)
        return not untold.exists() and not waiting.exclude(agent__status="paused").exists()

    eventually(is_done, seconds=60)
    eventually(lambda: not OutboxEvent.objects.filter(delivered_at=None).exists(), seconds=60)
    # Of those that began late nobody is told: nobody looks after their agents.
    assert Callback.objects.filter(agent__status="paused").exclude(overdue_at=None).count() == 8 * 90
    assert Callback.objects.exclude(reminded_at=None).count() == 8 * 90
    assert told_of() == {"agents_overdue": 8 * 90, "agents_reminder": 8 * 90}
    assert set(begun().values()) == {1}
    assert len(begun()) == Callback.objects.filter(status="in_progress").count() == 8 * 70
