"""Relays die, lose their locks and come twice: the chain has each entry once, without a gap, in one order."""

from datetime import UTC, datetime
from hashlib import sha256
from threading import Event, Thread
from unittest.mock import Mock
from uuid import UUID

import pytest
from django.db import connection
from pymongo.errors import BulkWriteError

from audit import services as audit
from audit.chain import NO_HASH, chained, hash_of
from audit.documents import AUDIT_LOGS
from audit.models import Chain
from audit.services import appending, uncounted
from audit.services.entries import entry_from
from core import outbox, tenancy
from core.outbox.models import OutboxEvent
from tests.audit.chains import log_of, record, relay, stored, verdict_on
from tests.threads import at_once

pytestmark = pytest.mark.django_db


class Died(BaseException):
    """As if the process had been killed."""


def died(*arguments, **options):
    raise Died


def numbers() -> list[int]:
    return [entry["seq"] for entry in stored()]


def chain() -> tuple[int, str]:
    found = Chain.objects.get()
    return found.size, found.head


def test_entries_follow_one_another_from_the_first_on(in_scope, audit_logs):
    record(3)
    assert relay() == 3
    first, second, third = stored()
    assert [first["seq"], second["seq"], third["seq"]] == [1, 2, 3]
    assert [first["prev_hash"], second["prev_hash"]] == [NO_HASH, first["hash"]]
    assert all(entry["hash"] == hash_of(entry) for entry in (first, second, third))
    assert chain() == (3, third["hash"])


def test_a_hash_is_that_of_a_spelling_that_anybody_can_make():
    """Written out once: what is hashed may never change."""
    entry = {
        **stored_one(),
        "changes": {"é": [None, 1.5], "a": [True, "\u2028"]},
    }
    spelling = (
        '{"_id":"00000000-0000-0000-0000-000000000001","action":"update",'
        '"changes":{"a":[true,"\u2028"],"é":[null,1.5]},"created_at":"2026-01-27T10:30:00.000+00:00",'
        '"ip_address":null,"key_id":"environment:API_KEY","organization_id":"00000000-0000-0000-0000-000000000002",'
        f'"prev_hash":"{NO_HASH}","request_id":"","resource_id":"35024","resource_type":"city","seq":1,'
        '"user_agent":"","user_id":null}'
    )
    assert hash_of(entry) == sha256(spelling.encode()).hexdigest()


def stored_one() -> dict:
    return {
        "_id": UUID(int=1),
        "organization_id": UUID(int=2),
        "user_id": None,
        "key_id": "environment:API_KEY",
        "action": "update",
        "resource_type": "city",
        "resource_id": "35024",
        "ip_address": None,
        "user_agent": "",
        "request_id": "",
        "created_at": datetime(2026, 1, 27, 10, 30, tzinfo=UTC),
        "seq": 1,
        "prev_hash": NO_HASH,
        "hash": "",
    }


def test_each_organization_has_a_chain_of_its_own(ours, theirs, audit_logs):
    for start in (1, 11):
        for company in (ours, theirs):
            with tenancy.scope(company.organization.pk):
                record(10, start=start)
    with tenancy.no_scope():
        assert relay() == 40
    for company in (ours, theirs):
        with tenancy.scope(company.organization.pk):
            assert numbers() == list(range(1, 21))
            assert chain()[0] == 20
        assert verdict_on(company).verified


def test_a_relay_that_died_before_its_commit_leaves_entries_that_the_next_one_counts(ours, audit_logs, monkeypatch):
    log_of(ours, 4)
    with tenancy.scope(ours.organization.pk):
        record(5, start=5)
        monkeypatch.setattr(appending, "sign_if_due", died)
        with pytest.raises(Died):
            relay()
        monkeypatch.undo()
        assert (numbers(), chain()[0]) == (list(range(1, 10)), 4)
        assert (verdict_on(ours).verified, verdict_on(ours).size) == (True, 9)
        record(2, start=10)
        OutboxEvent.objects.filter(delivered_at=None).update(lease_token=None, lease_expires_at=None)
        assert relay() == 7
        assert {int(entry["resource_id"]) for entry in stored()} == set(range(1, 12))
        assert (numbers(), chain()[0]) == (list(range(1, 12)), 11)
    assert verdict_on(ours).verified


def test_more_than_one_batch_that_was_left_behind_is_counted(ours, audit_logs, monkeypatch):
    monkeypatch.setattr(uncounted, "MOST", 2)
    log_of(ours, 4)
    with tenancy.scope(ours.organization.pk):
        record(5, start=5)
        size, head = chain()
        entries = [entry_from(event) for event in OutboxEvent.objects.filter(delivered_at=None).order_by("created_at")]
        AUDIT_LOGS.here().insert_many(list(chained(entries, size=size, head=head)))
        assert verdict_on(ours).size == 9
        record(2, start=10)
        assert relay() == 7
        assert (numbers(), chain()[0]) == (list(range(1, 12)), 11)
    assert verdict_on(ours).verified


def test_a_relay_that_died_after_a_part_of_them_leaves_a_beginning_that_the_next_one_counts(ours, audit_logs):
    log_of(ours, 4)
    with tenancy.scope(ours.organization.pk):
        record(5, start=5)
        size, head = chain()
        entries = [entry_from(event) for event in OutboxEvent.objects.filter(delivered_at=None).order_by("created_at")]
        AUDIT_LOGS.here().insert_many(list(chained(entries, size=size, head=head))[:3])
        assert relay() == 5
        assert (numbers(), chain()[0]) == (list(range(1, 10)), 9)
        assert OutboxEvent.objects.filter(delivered_at=None).count() == 0
    assert verdict_on(ours).verified


def test_what_is_relayed_again_is_there_once(ours, audit_logs):
    before = log_of(ours, 20)
    with tenancy.scope(ours.organization.pk):
        OutboxEvent.objects.update(delivered_at=None)
        record(1, start=21)
        assert relay() == 21
        assert stored()[:20] == before
        assert numbers() == list(range(1, 22))
    assert verdict_on(ours).verified


def test_an_entry_that_nobody_recorded_stops_that_log_and_no_other(ours, theirs, audit_logs):
    log_of(ours, 4)
    with tenancy.scope(ours.organization.pk):
        forged = {**stored()[-1], "_id": ours.organization.pk}
        (link,) = chained([forged], size=4, head=forged["hash"])
        audit_logs.insert_one(link)
        record(3, start=5)
    with tenancy.scope(theirs.organization.pk):
        record(2)
    assert relay() == 2
    with tenancy.scope(ours.organization.pk):
        waiting = OutboxEvent.objects.filter(delivered_at=None)
        assert {(event.state, event.attempts) for event in waiting} == {("open", 0)}
        assert {event.last_error for event in waiting} == {
            "The log has an entry 5 that was not recorded: 4 were written."
        }
        assert (numbers(), chain()[0]) == ([1, 2, 3, 4, 5], 4)
        # Nothing is lost: once it is gone, they are written.
        audit_logs.delete_one({"_id": forged["_id"]})
        assert relay() == 3
    assert verdict_on(ours).verified


def test_an_entry_with_the_id_of_one_that_waits_and_other_content_is_not_adopted(ours, audit_logs):
    log_of(ours, 4)
    with tenancy.scope(ours.organization.pk):
        record(2, start=5)
        event = OutboxEvent.objects.filter(delivered_at=None).first()
        size, head = chain()
        (link,) = chained([{**entry_from(event), "action": "forged"}], size=size, head=head)
        audit_logs.insert_one(link)
        assert relay() == 0
        assert chain() == (size, head)
        states = {event.state for event in OutboxEvent.objects.filter(delivered_at__isnull=True)}
        assert states == {"open", "parked"}


def test_a_relay_that_lost_its_lock_writes_nothing_after_the_other(ours, audit_logs, monkeypatch):
    log_of(ours, 4)
    with tenancy.scope(ours.organization.pk):
        record(2, start=5)
        record(2, start=7)
        events = [
            outbox.Event(one.pk, one.topic, one.organization_id, one.payload, one.request_id, one.created_at, 0)
            for one in OutboxEvent.objects.filter(delivered_at=None).order_by("created_at")
        ]
        found_by = appending.uncounted

        def overtaken(locked):
            """While this one thinks that it has the lock, the other one appends."""
            found = found_by(locked)
            theirs = chained([entry_from(event) for event in events[:2]], size=locked.size, head=locked.head)
            AUDIT_LOGS.here().insert_many(list(theirs))
            return found

        monkeypatch.setattr(appending, "uncounted", overtaken)
        with pytest.raises(outbox.Retry) as refused:
            appending.append(events=events[2:])
        monkeypatch.undo()
        assert refused.value.event_only
        assert (numbers(), chain()[0]) == ([1, 2, 3, 4, 5, 6], 4)
        assert relay() == 4
        assert numbers() == list(range(1, 9))
    assert verdict_on(ours).verified


def test_a_failure_that_is_none_of_the_order_is_no_reason_to_wait(in_scope, audit_logs, monkeypatch):
    record(1)
    refused = BulkWriteError({"writeErrors": [{"code": 121}], "writeConcernErrors": []})
    monkeypatch.setattr(appending, "uncounted", Mock(side_effect=refused))
    assert relay() == 0
    assert OutboxEvent.objects.get().attempts == 1


@pytest.mark.django_db(transaction=True)
def test_several_relays_at_once_write_one_chain(ours, theirs, audit_logs):
    for company in (ours, theirs):
        with tenancy.scope(company.organization.pk):
            record(2500)

    def work():
        while outbox.relay(audit.TOPIC):
            pass

    at_once([work] * 3)
    assert relay() == 0
    for company in (ours, theirs):
        with tenancy.scope(company.organization.pk):
            assert {int(entry["resource_id"]) for entry in stored()} == set(range(1, 2501))
        verdict = verdict_on(company)
        assert (verdict.verified, verdict.size) == (True, 2500)


@pytest.mark.django_db(transaction=True)
def test_a_chain_that_somebody_holds_makes_its_events_wait_and_no_others(ours, theirs, audit_logs):
    with tenancy.scope(ours.organization.pk):
        record(1)
        relay()
        record(1, start=2)
    with tenancy.scope(theirs.organization.pk):
        record(1)

    held, done = Event(), Event()

    def keep():
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM audit_chain WHERE organization_id = %s FOR UPDATE", [ours.organization.pk])
            held.set()
            done.wait(30)
            cursor.execute("ROLLBACK")
        connection.close()

    thread = Thread(target=keep)
    thread.start()
    assert held.wait(10)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
    try:
        assert relay() == 1
        (event,) = OutboxEvent.unscoped.filter(delivered_at=None)
        assert (event.organization_id, event.attempts) == (ours.organization.pk, 0)
        assert event.last_error == "Another process appends to this organization's log."
    finally:
        done.set()
        thread.join(10)
    assert relay() == 1
    assert verdict_on(ours).size == 2
