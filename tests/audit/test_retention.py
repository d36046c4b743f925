"""Old entries go when they are verified and sealed; what is left verifies from the seal on."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from audit.chain import hash_of
from audit.models import Chain, Checkpoint
from audit.services import reading, retention, verification
from audit.services.verification import verify
from audit.tasks import delete_old_entries
from core import tenancy
from core.outbox.models import OutboxEvent
from tests.audit.chains import log_of, record, relay, stored, verdict_on

pytestmark = pytest.mark.django_db
OLD, NEW = 20, 5


@pytest.fixture(autouse=True)
def _own_file(settings, tmp_path):
    settings.AUDIT_CHECKPOINTS_FILE = str(tmp_path / "checkpoints.ndjson")
    settings.AUDIT_RETENTION_DAYS = 30


@pytest.fixture
def log(ours, audit_logs):
    """Twenty entries of today."""
    return log_of(ours, OLD)


@pytest.fixture
def later():
    """Forty days from now, when five more entries have come."""
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        yield


def seqs(company) -> list[int]:
    with tenancy.scope(company.organization.pk):
        return [entry["seq"] for entry in stored()]


def test_old_entries_are_sealed_and_deleted_and_the_rest_verifies(ours, log, later):
    delete_old_entries()
    assert seqs(ours) == []
    with tenancy.scope(ours.organization.pk):
        chain = Chain.objects.get()
        assert (chain.sealed_size, chain.sealed_hash) == (OLD, log[-1]["hash"])
        assert [(row.kind, row.size) for row in Checkpoint.objects.filter(kind="seal")] == [("seal", OLD)]
        assert relay() == 1
        record(NEW, start=100)
        relay()
        assert stored()[0]["action"] == "seal"
        assert stored()[0]["changes"] == {"sealed_size": [0, OLD]}
    verdict = verdict_on(ours)
    assert (verdict.verified, verdict.checked_from, verdict.size) == (True, OLD + 1, OLD + 1 + NEW)
    assert verdict.sealed_size == OLD


def test_young_entries_stay(ours, log):
    delete_old_entries()
    assert seqs(ours) == list(range(1, OLD + 1))
    assert Chain.unscoped.get().sealed_size == 0


def test_entries_stay_for_ever_unless_told(ours, log, later, settings):
    settings.AUDIT_RETENTION_DAYS = 0
    delete_old_entries()
    assert seqs(ours) == list(range(1, OLD + 1))


def test_a_log_that_was_changed_is_left_alone(ours, theirs, audit_logs, log, later):
    log_of(theirs, 4)
    audit_logs.update_one({"_id": log[14]["_id"]}, {"$set": {"action": "forged"}})
    delete_old_entries()
    assert seqs(ours) == list(range(1, OLD + 1))
    assert Chain.unscoped.get(organization=ours.organization).sealed_size == 0
    assert verdict_on(ours).first_bad_seq == 15
    assert seqs(theirs) == []


def test_no_more_goes_than_one_run_may_seal(ours, log, later, monkeypatch):
    monkeypatch.setattr(retention, "MOST_SEALED", 7)
    delete_old_entries()
    assert seqs(ours) == list(range(8, OLD + 1))
    assert verdict_on(ours).verified
    delete_old_entries()
    assert seqs(ours)[0] == 15
    assert verdict_on(ours).verified


class Died(BaseException):
    """As if the process had been killed."""


@pytest.mark.parametrize("step", ["sign", "delete_sealed"])
def test_a_run_that_died_is_taken_up_by_the_next(ours, log, later, monkeypatch, step):
    calls = []

    def die(*arguments, **options):
        calls.append(step)
        if step == "sign" or len(calls) == 2:
            raise Died

    monkeypatch.setattr(retention, step, die)
    with pytest.raises(Died):
        delete_old_entries()
    monkeypatch.undo()
    assert seqs(ours) == list(range(1, OLD + 1))
    assert verdict_on(ours).verified
    delete_old_entries()
    assert seqs(ours) == []
    assert verdict_on(ours).verified


def test_what_is_sealed_without_a_signature_is_not_deleted(ours, log, later):
    Chain.unscoped.update(sealed_size=10, sealed_hash=log[9]["hash"])
    delete_old_entries()
    assert seqs(ours) == list(range(1, OLD + 1))


@pytest.fixture
def sealed(ours, log, later):
    """All twenty entries are sealed and deleted, and five are new."""
    delete_old_entries()
    record_young(ours)
    assert verdict_on(ours).verified
    return log


def record_young(company) -> None:
    """Five entries of the time to which the test has travelled."""
    with tenancy.scope(company.organization.pk):
        record(NEW, start=100)
        OutboxEvent.objects.filter(delivered_at=None).update(created_at=timezone.now())
        relay()


def assert_left_alone(company, expected: list[int]) -> None:
    delete_old_entries()
    assert seqs(company)[: len(expected)] == expected


@pytest.mark.parametrize("seq", [1, 5, OLD])
def test_an_entry_that_was_forged_below_the_seal_is_found_and_not_deleted(ours, sealed, audit_logs, seq):
    entry = {**sealed[seq - 1], "_id": uuid4(), "action": "forged"}
    audit_logs.insert_one({**entry, "hash": hash_of(entry)})
    verdict = verdict_on(ours)
    assert (verdict.verified, verdict.first_bad_seq, verdict.last_bad_seq) == (False, seq, seq)
    assert verdict.reason.startswith(f"Entry {seq} is not among those that were sealed")
    assert_left_alone(ours, [seq, OLD + 1])


def test_several_that_were_forged_below_the_seal_are_told_from_the_first_on(ours, sealed, audit_logs):
    audit_logs.insert_many([{**sealed[seq - 1], "_id": uuid4()} for seq in (3, 8)])
    verdict = verdict_on(ours)
    assert (verdict.first_bad_seq, verdict.last_bad_seq) == (3, 8)


def test_what_a_run_that_died_has_not_deleted_yet_is_read_and_compared(ours, sealed, audit_logs, monkeypatch):
    monkeypatch.setattr(reading, "BATCH", 4)
    audit_logs.insert_many(sealed[11:])
    assert verdict_on(ours).verified
    audit_logs.update_one({"_id": sealed[14]["_id"]}, {"$set": {"action": "forged"}})
    verdict = verdict_on(ours)
    assert (verdict.first_bad_seq, verdict.last_bad_seq) == (12, 15)
    assert_left_alone(ours, list(range(12, OLD + 1)))
    audit_logs.update_one({"_id": sealed[14]["_id"]}, {"$set": {"action": sealed[14]["action"]}})
    delete_old_entries()
    assert seqs(ours)[0] == OLD + 1


@pytest.mark.parametrize("read", [0, 3, OLD - 8])
@pytest.mark.parametrize("from_seq", [None, 4])
def test_entries_that_are_deleted_while_they_are_verified_are_no_finding(ours, log, later, monkeypatch, read, from_seq):
    record_young(ours)
    monkeypatch.setattr(reading, "BATCH", 2)
    undisturbed, runs = verification.entries_after, []

    def disturbed(size, *, upto):
        for number, entry in enumerate(undisturbed(size, upto=upto)):
            if number == read and not runs:
                runs.append(size)
                delete_old_entries()
            yield entry

    monkeypatch.setattr(verification, "entries_after", disturbed)
    with tenancy.scope(ours.organization.pk):
        verdict = verify(from_seq=from_seq)
    assert len(runs) == 1
    assert (verdict.verified, verdict.reason) == (True, "")
    assert (verdict.checked_from, verdict.checked_to, verdict.sealed_size) == (OLD + 1, OLD + NEW, OLD)


def test_a_fault_behind_entries_that_are_deleted_meanwhile_is_found(ours, log, later, audit_logs, monkeypatch):
    record_young(ours)
    undisturbed, runs = verification.entries_after, []

    def disturbed(size, *, upto):
        if not runs:
            runs.append(size)
            delete_old_entries()
            audit_logs.update_one({"seq": OLD + 2}, {"$set": {"action": "forged"}})
        return undisturbed(size, upto=upto)

    monkeypatch.setattr(verification, "entries_after", disturbed)
    assert verdict_on(ours).first_bad_seq == OLD + 2
