"""Entries that somebody wrote so that reading them fails are findings as others, and keep nobody from finding them."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from bson import Binary, Decimal128
from bson.datetime_ms import DatetimeMS
from django.utils import timezone

from audit.chain import hash_of
from audit.models import Chain
from audit.services.verification import verify
from audit.tasks import delete_old_entries, watch_logs
from core import tenancy
from tests.audit.chains import log_of, record, relay, stored, verdict_on
from tests.stored import queued_mails

pytestmark = pytest.mark.django_db
SIZE = 20
# An id that is said to be a UUID and has two bytes.
SHORT_ID = Binary(b"xy", 4)


@pytest.fixture
def raw(ours, theirs, audit_logs, settings, tmp_path):
    """Two logs of twenty entries, in a collection that nobody guards."""
    settings.AUDIT_CHECKPOINTS_FILE = str(tmp_path / "checkpoints.ndjson")
    log_of(ours, SIZE)
    log_of(theirs, SIZE)
    raw = audit_logs.with_options()
    yield raw
    raw.delete_many({})


def put(raw, company, seq: int, entry: dict, /, **changes) -> None:
    raw.delete_many({"organization_id": company.organization.pk, "seq": seq})
    raw.insert_one({**entry, **changes}, bypass_document_validation=True)


def at(raw, company, seq: int) -> dict:
    return raw.find_one({"organization_id": company.organization.pk, "seq": seq})


def mails(company) -> int:
    with tenancy.scope(company.organization.pk):
        return len(queued_mails("cto_audit_changed"))


@pytest.mark.parametrize(
    "changes", [{"user_id": SHORT_ID}, {"changes": {"a": [None, SHORT_ID]}}], ids=["author", "change"]
)
@pytest.mark.parametrize("seq", [1, 10, SIZE])
def test_an_entry_that_no_client_can_read_was_changed(ours, theirs, raw, seq, changes):
    put(raw, ours, seq, at(raw, ours, seq), **changes)
    verdict = verdict_on(ours)
    assert (verdict.first_bad_seq, verdict.last_bad_seq) == (seq, seq)
    assert f"Entry {seq} was changed" in verdict.reason
    assert verdict_on(theirs).verified
    watch_logs()
    assert (mails(ours), mails(theirs)) == (1, 0)


@pytest.mark.parametrize("changes", [{"created_at": DatetimeMS(10**15)}, {"user_id": SHORT_ID}], ids=["time", "author"])
def test_an_unreadable_entry_at_the_end_was_not_recorded_and_loses_nothing(ours, raw, changes):
    put(raw, ours, SIZE + 1, at(raw, ours, SIZE), seq=SIZE + 1, _id=uuid4(), **changes)
    assert verdict_on(ours).reason == "The log has an entry 21 that was not recorded: 20 were written."
    with tenancy.scope(ours.organization.pk):
        record(1, start=SIZE + 1)
        assert relay() == 0
        raw.delete_one({"organization_id": ours.organization.pk, "seq": SIZE + 1})
        assert relay() == 1
    assert verdict_on(ours).verified


def test_an_entry_without_a_hash_is_found_by_who_begins_behind_it(ours, raw):
    raw.update_one(
        {"organization_id": ours.organization.pk, "seq": 5}, {"$unset": {"hash": ""}}, bypass_document_validation=True
    )
    with tenancy.scope(ours.organization.pk):
        verdict = verify(from_seq=6)
    assert (verdict.verified, verdict.first_bad_seq) == (False, 6)
    assert "Entry 6 does not follow" in verdict.reason


def test_an_entry_that_names_none_before_it_is_found(ours, raw):
    entry = {name: value for name, value in at(raw, ours, 5).items() if name != "prev_hash"}
    put(raw, ours, 5, entry, hash=hash_of(entry))
    assert verdict_on(ours).reason.startswith("Entry 5 does not follow")


@pytest.mark.parametrize("seq", [Decimal128("7"), Decimal128("7.5"), 7.5], ids=str)
def test_a_number_of_another_kind_below_the_seal_is_found(ours, raw, settings, seq):
    settings.AUDIT_RETENTION_DAYS = 30
    entry = at(raw, ours, 7)
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        delete_old_entries()
        raw.insert_one({**entry, "seq": seq}, bypass_document_validation=True)
        verdict = verdict_on(ours)
        assert (verdict.first_bad_seq, verdict.last_bad_seq) == (7, 7)
        assert "is not among those that were sealed" in verdict.reason
        delete_old_entries()
    assert raw.count_documents({"_id": entry["_id"]}) == 1


def test_retention_leaves_what_is_below_the_first(ours, raw, settings):
    settings.AUDIT_RETENTION_DAYS = 30
    raw.insert_one({**at(raw, ours, 7), "seq": -1, "_id": "by hand"}, bypass_document_validation=True)
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        delete_old_entries()
    with tenancy.scope(ours.organization.pk):
        assert Chain.objects.get().sealed_size == SIZE
        assert [entry["_id"] for entry in stored()] == ["by hand"]


def test_what_is_wrong_beyond_the_end_is_told_once_however_the_log_grows(ours, raw):
    raw.insert_one({**at(raw, ours, 7), "seq": -1, "_id": "by hand"}, bypass_document_validation=True)
    for start in (100, 200, 300):
        with tenancy.scope(ours.organization.pk):
            record(1, start=start)
            assert relay() >= 1
        watch_logs()
    assert mails(ours) == 1
    raw.update_one({"organization_id": ours.organization.pk, "seq": 5}, {"$set": {"action": "forged"}})
    watch_logs()
    assert mails(ours) == 2
