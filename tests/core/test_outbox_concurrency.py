"""Relays side by side, and relays that die."""

import os
import signal
import subprocess
import sys
from collections import Counter
from threading import Lock, Thread

import pytest
from django.db import connection, transaction

from core import outbox, tenancy
from core.outbox.models import OutboxEvent
from core.testing.outbox import consuming
from core.testing.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)

# A relay in a process of its own, whose consumer says that it began and then never comes back.
STUCK_RELAY = """
import django, signal
django.setup()
from core import outbox
def take(event):
    print("began", flush=True)
    signal.pause()
outbox.consumer("test.one")(take)
outbox.relay("test.one")
"""


def publish(company, *numbers, topic="test.one"):
    with tenancy.scope(company.organization.pk), transaction.atomic():
        for number in numbers:
            outbox.publish(topic, {"n": number})


def relay_in_threads(topic, *, threads):
    delivered = []

    def run():
        try:
            delivered.append(outbox.relay(topic))
        finally:
            connection.close()

    running = [Thread(target=run) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return delivered


@pytest.mark.parametrize("batch_size", [None, 7])
def test_relays_side_by_side_deliver_each_event_once(ours, theirs, batch_size):
    taken, lock = Counter(), Lock()

    def take(events):
        with lock:
            taken.update(event.id for event in (events if batch_size else [events]))

    with consuming("test.busy", take, batch_size=batch_size):
        for company in (ours, theirs):
            publish(company, *range(100), topic="test.busy")
        assert sum(relay_in_threads("test.busy", threads=4)) == 200
    assert len(taken) == 200
    assert set(taken.values()) == {1}
    assert set(OutboxEvent.unscoped.values_list("attempts", flat=True)) == {1}


def test_a_claim_does_not_wait_for_rows_that_another_transaction_holds(ours, inbox):
    publish(ours, 1, 2)
    first = OutboxEvent.unscoped.earliest("created_at")
    with transaction.atomic():
        OutboxEvent.unscoped.select_for_update().get(pk=first.pk)
        assert relay_in_threads("test.one", threads=1) == [1]
    assert inbox.payloads == [{"n": 2}]
    assert outbox.relay("test.one") == 1


def test_what_a_killed_relay_held_is_delivered_when_its_lease_runs_out(ours, inbox):
    publish(ours, 1)
    database = connection.settings_dict
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"postgresql://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}",
        "OUTBOX_LEASE_SECONDS": "2",
    }
    with subprocess.Popen([sys.executable, "-c", STUCK_RELAY], stdout=subprocess.PIPE, env=environment) as relay:
        assert relay.stdout.readline() == b"began\n"
        os.kill(relay.pid, signal.SIGKILL)
        relay.wait()
    event = OutboxEvent.unscoped.get()
    assert (event.state, event.attempts) == ("open", 1)
    assert event.lease_token is not None

    assert outbox.relay("test.one") == 0
    assert inbox.calls == 0
    assert eventually(lambda: outbox.relay("test.one"), seconds=10) == 1
    event.refresh_from_db()
    assert (event.state, event.attempts, event.lease_token) == ("delivered", 2, None)
    assert event.delivered_at >= event.created_at
    assert inbox.payloads == [{"n": 1}]
