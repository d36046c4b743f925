"""Whatever somebody does to the log who can write to the databases is found, and where; the log next door verifies."""

from pathlib import Path
from uuid import uuid4

import pytest
from bson import ObjectId
from bson.datetime_ms import DatetimeMS
from django.conf import settings

from audit.chain import NO_HASH, chained, hash_of
from audit.models import Chain, Checkpoint
from core import tenancy
from core.outbox.models import OutboxEvent
from tests.audit.chains import log_of, record, relay, verdict_on

SIZE = 60
FIRST, MIDDLE, LAST = 1, 30, SIZE
EVERYWHERE = pytest.mark.parametrize("seq", [FIRST, 2, MIDDLE, MIDDLE + 1, LAST - 1, LAST])
# Ids and hashes of the checkpoints that both logs have.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("both")]


@pytest.fixture
def both(ours, theirs, audit_logs, settings, tmp_path):
    """Two logs of 60 entries, each with a checkpoint at 30 and at 60."""
    settings.AUDIT_CHECKPOINTS_FILE = str(tmp_path / "checkpoints.ndjson")
    log_of(ours, SIZE)
    log_of(theirs, SIZE)


@pytest.fixture
def log(ours, both, audit_logs):
    """Our log in MongoDB, past everything that guards it."""
    return OurLog(audit_logs.with_options(), ours.organization.pk)


class OurLog:
    """One organization's entries, as somebody sees them who has MongoDB to himself."""

    def __init__(self, raw, organization_id):
        self.raw = raw
        self.organization_id = organization_id

    def at(self, seq):
        return self.raw.find_one({"organization_id": self.organization_id, "seq": seq})

    def entries(self):
        return list(self.raw.find({"organization_id": self.organization_id}).sort("seq", 1))

    def replace(self, entry):
        self.raw.replace_one({"organization_id": self.organization_id, "_id": entry["_id"]}, entry)

    def edit(self, seq, /, **changes):
        self.raw.update_one({"organization_id": self.organization_id, "seq": seq}, {"$set": changes})

    def delete(self, **asked):
        self.raw.delete_many({"organization_id": self.organization_id, **asked})

    def rewrite(self, entries):
        """Put these in place of all, with a chain of their own."""
        links = list(chained(entries, size=0, head=NO_HASH))
        self.delete()
        self.raw.insert_many(links)
        return links


def assert_found(ours, theirs, first, last=None, *, reason):
    verdict = verdict_on(ours)
    assert (verdict.organization_id, verdict.verified, verdict.complete) == (ours.organization.pk, False, True)
    assert (verdict.first_bad_seq, verdict.last_bad_seq) == (first, last or first)
    assert reason in verdict.reason
    neighbour = verdict_on(theirs)
    assert (neighbour.verified, neighbour.first_bad_seq, neighbour.checked_to) == (True, None, SIZE)


def test_logs_that_nobody_touched_verify(ours, theirs):
    for company in (ours, theirs):
        verdict = verdict_on(company)
        assert (verdict.verified, verdict.reason, verdict.next_seq) == (True, "", None)
        assert (verdict.checked_from, verdict.checked_to, verdict.size) == (1, SIZE, SIZE)
        assert verdict.checkpoints_compared == 2


@EVERYWHERE
@pytest.mark.parametrize("field", ["action", "resource_id", "user_agent", "request_id", "prev_hash"])
def test_a_field_that_was_edited(ours, theirs, log, seq, field):
    log.edit(seq, **{field: "forged"})
    assert_found(ours, theirs, seq, reason=f"Entry {seq} was changed")


@EVERYWHERE
def test_a_time_an_author_and_a_change_that_were_edited(ours, theirs, log, seq):
    original = log.at(seq)
    for change in (
        {"created_at": original["created_at"].replace(year=2020)},
        {"user_id": uuid4()},
        {"changes": {"name": [None, 1.0]}},
    ):
        log.edit(seq, **change)
        assert_found(ours, theirs, seq, reason="does not have the hash of its content")
        log.replace(original)
    assert verdict_on(ours).verified


@pytest.mark.parametrize("seq", [FIRST, 2, MIDDLE - 1, MIDDLE + 1, LAST - 1])
def test_an_entry_that_was_edited_with_its_hash(ours, theirs, log, seq):
    entry = {**log.at(seq), "action": "forged"}
    log.replace({**entry, "hash": hash_of(entry)})
    assert_found(ours, theirs, seq, seq + 1, reason="one of the two was replaced")


@pytest.mark.parametrize("seq", [MIDDLE, LAST])
def test_an_entry_at_a_checkpoint_that_was_edited_with_its_hash(ours, theirs, log, seq):
    entry = {**log.at(seq), "action": "forged"}
    log.replace({**entry, "hash": hash_of(entry)})
    assert_found(ours, theirs, seq - MIDDLE + 1, seq, reason="a signed checkpoint has another hash there")


def test_an_id_whose_type_was_changed_so_that_no_filter_finds_it(ours, theirs, log):
    entry = log.at(MIDDLE)
    log.delete(seq=MIDDLE)
    forged = {**entry, "_id": str(entry["_id"])}
    log.raw.insert_one(forged, bypass_document_validation=True)
    assert_found(ours, theirs, MIDDLE, reason=f"Entry {MIDDLE} was changed")
    log.raw.delete_one({"_id": forged["_id"]})


@pytest.mark.parametrize(("one", "other"), [(1, 2), (1, LAST), (MIDDLE, MIDDLE + 1), (10, 50), (LAST - 1, LAST)])
def test_two_entries_that_were_swapped(ours, theirs, log, one, other):
    earlier, later = log.at(one), log.at(other)
    log.delete(seq={"$in": [one, other]})
    log.raw.insert_many([{**earlier, "seq": other}, {**later, "seq": one}])
    assert_found(ours, theirs, one, reason=f"Entry {one} was changed")


@pytest.mark.parametrize(("one", "other"), [(1, 2), (10, 50), (LAST - 1, LAST)])
def test_two_entries_whose_contents_were_swapped(ours, theirs, log, one, other):
    earlier, later = log.at(one), log.at(other)
    links = ("_id", "seq", "prev_hash", "hash")
    log.replace({**later, **{name: earlier[name] for name in links}, "resource_id": later["resource_id"]})
    log.replace({**earlier, **{name: later[name] for name in links}, "resource_id": earlier["resource_id"]})
    assert_found(ours, theirs, one, reason=f"Entry {one} was changed")


@pytest.mark.parametrize("seq", [FIRST, 2, MIDDLE, MIDDLE + 1, LAST - 1])
def test_an_entry_that_was_deleted(ours, theirs, log, seq):
    log.delete(seq=seq)
    assert_found(ours, theirs, seq, reason=f"Entry {seq} is missing: the next one is {seq + 1}")


@pytest.mark.parametrize("seq", [FIRST, 2, MIDDLE, LAST - 1])
def test_an_entry_that_was_deleted_and_the_gap_closed(ours, theirs, log, seq):
    log.delete(seq=seq)
    for later in log.entries()[seq - 1 :]:
        log.edit(later["seq"], seq=later["seq"] - 1)
    assert_found(ours, theirs, seq, reason=f"Entry {seq} was changed")


def test_the_newest_ten_that_were_deleted(ours, theirs, log):
    log.delete(seq={"$gt": SIZE - 10})
    assert_found(ours, theirs, SIZE - 9, SIZE, reason="The newest entries are missing: 60 were written")


def test_the_newest_ten_that_were_deleted_and_the_row_that_counts_them_changed(ours, theirs, log):
    log.delete(seq={"$gt": SIZE - 10})
    Chain.unscoped.filter(organization=ours.organization).update(size=SIZE - 10, head=log.at(SIZE - 10)["hash"])
    assert_found(ours, theirs, SIZE - 9, SIZE, reason="a signed checkpoint counts 60")
    # The file has them all.
    Checkpoint.unscoped.filter(organization=ours.organization).delete()
    assert_found(ours, theirs, SIZE - 9, SIZE, reason="a signed checkpoint counts 60")


def test_a_log_that_was_deleted_altogether(ours, theirs, log):
    log.delete()
    assert_found(ours, theirs, 1, SIZE, reason="The newest entries are missing: 60 were written")
    Chain.unscoped.filter(organization=ours.organization).delete()
    assert_found(ours, theirs, 1, SIZE, reason="a signed checkpoint counts 60")


def forged_at(log, seq):
    before = log.at(seq - 1)
    entry = {**log.at(min(seq, SIZE)), "_id": uuid4(), "action": "forged"}
    (link,) = chained([entry], size=seq - 1, head=before["hash"] if before else NO_HASH)
    return link


@pytest.mark.parametrize("seq", [FIRST, 2, MIDDLE, LAST])
def test_an_entry_that_was_inserted_with_a_right_hash_and_the_later_ones_moved(ours, theirs, log, seq):
    forged = forged_at(log, seq)
    for later in reversed(log.entries()[seq - 1 :]):
        log.edit(later["seq"], seq=later["seq"] + 1)
    log.raw.insert_one(forged)
    # Where a checkpoint stands, that is what shows it.
    if seq in (MIDDLE, LAST):
        assert_found(ours, theirs, seq - MIDDLE + 1, seq, reason="a signed checkpoint has another hash there")
    else:
        assert_found(ours, theirs, seq, reason=f"Entry {seq} was inserted")


def test_an_entry_that_was_added_at_the_end_with_a_right_hash(ours, theirs, log):
    log.raw.insert_one(forged_at(log, SIZE + 1))
    assert_found(ours, theirs, SIZE + 1, reason="The log has an entry 61 that was not recorded: 60 were written")


@pytest.mark.parametrize("entry_id", ["by hand", ObjectId("0" * 24), {"a": 1}], ids=["text", "ObjectId", "document"])
def test_an_entry_that_was_added_at_the_end_by_hand(ours, theirs, log, entry_id):
    forged = {**forged_at(log, SIZE + 1), "_id": entry_id}
    log.raw.insert_one(forged, bypass_document_validation=True)
    with tenancy.scope(ours.organization.pk):
        record(1, start=SIZE + 1)
        assert relay() == 0
        assert [event.state for event in OutboxEvent.objects.filter(delivered_at=None, attempts=0)] == ["open"]
    assert_found(ours, theirs, SIZE + 1, reason="The log has an entry 61 that was not recorded: 60 were written")
    log.raw.delete_one({"_id": entry_id})


def test_an_entry_that_was_added_at_the_end_and_counted(ours, theirs, log):
    """Younger than the last checkpoint: until there is a next one, who can write to both databases can do that."""
    forged = forged_at(log, SIZE + 1)
    log.raw.insert_one(forged)
    Chain.unscoped.filter(organization=ours.organization).update(size=SIZE + 1)
    assert_found(ours, theirs, SIZE + 1, reason="the last is not the one that was written")


@pytest.mark.parametrize("seq", [0, -1, 1.5, None, "5", ["a"], float("nan")])
def test_an_entry_that_was_inserted_where_no_entry_can_be(ours, theirs, log, seq):
    forged = {**log.at(5), "_id": uuid4(), "seq": seq}
    log.raw.insert_one(forged, bypass_document_validation=True)
    if seq == 1.5:
        assert_found(ours, theirs, 2, reason="An entry 1.5 stands where entry 2 is to be")
    else:
        assert_found(ours, theirs, SIZE + 1, reason="that was not recorded")
    log.raw.delete_one({"_id": forged["_id"]})


@EVERYWHERE
def test_a_chain_that_was_computed_anew_from_an_edited_entry_on(ours, theirs, log, seq):
    entries = log.entries()
    entries[seq - 1]["action"] = "forged"
    links = log.rewrite(entries)
    Chain.unscoped.filter(organization=ours.organization).update(head=links[-1]["hash"])
    first = 1 if seq <= MIDDLE else MIDDLE + 1
    assert_found(ours, theirs, first, first + MIDDLE - 1, reason="a signed checkpoint has another hash there")


def test_a_chain_that_was_computed_anew_with_the_row_that_counts_it_and_the_table_of_checkpoints(ours, theirs, log):
    entries = log.entries()
    del entries[39]
    links = log.rewrite(entries)
    Chain.unscoped.filter(organization=ours.organization).update(head=links[-1]["hash"], size=SIZE - 1)
    rows = Checkpoint.unscoped.filter(organization=ours.organization)
    rows.filter(size=SIZE).update(root=links[-1]["hash"], size=SIZE - 1)
    # The file has the true one.
    assert_found(ours, theirs, SIZE, reason="a signed checkpoint counts 60")
    rows.delete()
    assert_found(ours, theirs, SIZE, reason="a signed checkpoint counts 60")


def test_a_chain_that_was_computed_anew_is_found_by_the_file_alone(ours, theirs, log):
    entries = log.entries()
    entries[39]["action"] = "forged"
    links = log.rewrite(entries)
    Chain.unscoped.filter(organization=ours.organization).update(head=links[-1]["hash"])
    Checkpoint.unscoped.filter(organization=ours.organization).delete()
    assert_found(ours, theirs, MIDDLE + 1, SIZE, reason="a signed checkpoint has another hash there")


def test_a_chain_that_was_computed_anew_is_found_by_the_table_alone(ours, theirs, log):
    Path(settings.AUDIT_CHECKPOINTS_FILE).unlink()
    entries = log.entries()
    entries[9]["action"] = "forged"
    links = log.rewrite(entries)
    Chain.unscoped.filter(organization=ours.organization).update(head=links[-1]["hash"])
    assert_found(ours, theirs, 1, MIDDLE, reason="a signed checkpoint has another hash there")
    # Nobody but us can sign another one.
    for seq in (MIDDLE, SIZE):
        rows = Checkpoint.unscoped.filter(organization=ours.organization, size=seq)
        rows.update(root=links[seq - 1]["hash"])
    assert_found(ours, theirs, 1, MIDDLE, reason="The checkpoint at 30 is not signed by one of AUDIT_SIGNING_KEYS")


def test_a_seal_that_nobody_signed(ours, theirs, log):
    chain = Chain.unscoped.filter(organization=ours.organization)
    chain.update(sealed_size=20, sealed_hash=log.at(20)["hash"])
    log.delete(seq={"$lte": 20})
    assert_found(ours, theirs, 1, 20, reason="Entries up to 20 were deleted without a signed seal")


def test_entries_are_verified_part_by_part(ours, theirs, log):
    for limit in (7, 30, 60):
        assert verdict_on(ours, limit=limit).verified
    log.edit(35, action="forged")
    assert verdict_on(ours, limit=7).first_bad_seq == 35


def test_a_time_that_no_calendar_has(ours, theirs, log):
    log.edit(MIDDLE, created_at=DatetimeMS(10**15))
    assert_found(ours, theirs, MIDDLE, MIDDLE, reason="Entry 30 was changed")
