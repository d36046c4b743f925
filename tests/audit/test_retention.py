"""Old entries go when they are verified and sealed; what is left verifies from the seal on."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from audit.models import Chain, Checkpoint
from audit.services import retention
from audit.tasks import delete_old_entries
from core import tenancy
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
