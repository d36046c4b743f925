"""Checkpoints are signed in time, only over what is known to be right, and kept in two places."""

import base64
import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from structlog.testing import capture_logs

from audit import keys
from audit.models import Chain, Checkpoint
from audit.services import checkpoint_file
from audit.services.signing import sign, sign_quiet_log
from audit.tasks import sign_quiet_logs
from core import tenancy
from core.outbox.models import OutboxEvent, OutboxPause
from tests.audit.chains import log_of, record, relay, stored, verdict_on

pytestmark = pytest.mark.django_db
SECOND_KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture(autouse=True)
def file(settings, tmp_path) -> Path:
    """Checkpoints of this test alone."""
    settings.AUDIT_CHECKPOINTS_FILE = str(tmp_path / "new" / "checkpoints.ndjson")
    return Path(settings.AUDIT_CHECKPOINTS_FILE)


def sizes() -> list[int]:
    return [row.size for row in Checkpoint.objects.order_by("size")]


def test_the_first_entries_are_signed_at_once_in_the_table_and_the_file(in_scope, audit_logs, file):
    record(3)
    relay()
    row = Checkpoint.objects.get()
    assert (row.kind, row.size, row.root) == ("head", 3, stored()[-1]["hash"])
    assert row.signed.is_signed_by(keys.public_keys())
    assert [json.loads(line) for line in file.read_text().splitlines()] == [row.signed.exported()]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_next_comes_after_a_thousand_entries_or_a_minute(in_scope, audit_logs, file):
    record(3)
    relay()
    record(999, start=4)
    relay()
    assert sizes() == [3]
    record(1, start=1003)
    relay()
    assert sizes() == [3, 1003]
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        record(1, start=1004)
        relay()
        assert sizes() == [3, 1003, 1004]
    assert [one.size for one in checkpoint_file.read(file, in_scope.pk)] == [3, 1003, 1004]


def test_a_log_that_has_become_quiet_is_signed_by_beat(ours, theirs, audit_logs):
    for company in (ours, theirs):
        with tenancy.scope(company.organization.pk):
            record(3)
            relay()
            record(2, start=4)
            relay()
    sign_quiet_logs()
    with tenancy.scope(ours.organization.pk):
        assert sizes() == [3]
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        sign_quiet_logs()
        sign_quiet_logs()
    for company in (ours, theirs):
        with tenancy.scope(company.organization.pk):
            assert sizes() == [3, 5]
        assert verdict_on(company).checkpoints_compared == 2


@pytest.mark.parametrize("quiet", [True, False])
def test_what_was_changed_since_the_last_checkpoint_is_not_signed(ours, audit_logs, quiet):
    with tenancy.scope(ours.organization.pk):
        record(3)
        relay()
        record(4, start=4)
        relay()
        forged = stored()[4]
        audit_logs.update_one({"_id": forged["_id"]}, {"$set": {"action": "forged"}})
        with time_machine.travel(timezone.now() + timedelta(seconds=61)):
            if quiet:
                sign_quiet_log()
            else:
                record(1, start=8)
                relay()
        assert sizes() == [3]
        # The log goes on.
        assert len(stored()) == (7 if quiet else 8)
    assert verdict_on(ours).first_bad_seq == 5


def test_a_file_that_cannot_be_written_makes_the_entries_wait(in_scope, audit_logs, file):
    file.parent.mkdir()
    file.mkdir()
    record(2)
    assert relay() == 0
    assert (Chain.objects.count(), Checkpoint.objects.count()) == (0, 0)
    assert {event.state for event in OutboxEvent.objects.all()} == {"open"}
    assert OutboxPause.objects.get().reason.startswith("AUDIT_CHECKPOINTS_FILE cannot be written")
    file.rmdir()
    assert relay() == 2
    assert (sizes(), len(stored())) == ([2], 2)


def test_a_line_that_was_cut_off_is_left_behind(ours, audit_logs, file):
    log_of(ours, 4)
    file.write_bytes(file.read_bytes()[:-20])
    with tenancy.scope(ours.organization.pk), time_machine.travel(timezone.now() + timedelta(seconds=61)):
        record(1, start=5)
        relay()
    assert [one.size for one in checkpoint_file.read(file, ours.organization.pk)] == [2, 5]
    assert verdict_on(ours).verified


def test_another_organization_s_lines_are_not_read(ours, theirs, audit_logs, file):
    log_of(ours, 4)
    log_of(theirs, 6)
    assert [one.size for one in checkpoint_file.read(file, ours.organization.pk)] == [2, 4]


def test_after_a_new_key_the_old_one_still_verifies(ours, audit_logs, settings):
    log_of(ours, 4)
    old = settings.AUDIT_SIGNING_KEYS
    settings.AUDIT_SIGNING_KEYS = f"{SECOND_KEY},{old}"
    with tenancy.scope(ours.organization.pk), time_machine.travel(timezone.now() + timedelta(seconds=61)):
        record(1, start=5)
        relay()
        assert len(set(Checkpoint.objects.values_list("key_id", flat=True))) == 2
    verdict = verdict_on(ours)
    assert (verdict.verified, verdict.checkpoints_compared) == (True, 3)
    assert len(verdict.public_key_ids) == 2
    settings.AUDIT_SIGNING_KEYS = SECOND_KEY
    verdict = verdict_on(ours)
    assert (verdict.verified, verdict.first_bad_seq) == (False, 2)
    old_id = Checkpoint.unscoped.get(size=2).key_id
    assert verdict.reason == (
        f"The checkpoint at 2 cannot be checked: its key {old_id} is not one of AUDIT_SIGNING_KEYS."
    )


def test_a_key_that_was_taken_away_is_named_and_loses_nothing(ours, theirs, audit_logs, settings, file):
    """Nothing can be signed for whom only it has signed, and nothing is lost; the others go on."""
    log_of(ours, 4)
    old, old_id = settings.AUDIT_SIGNING_KEYS, Checkpoint.unscoped.values_list("key_id", flat=True)[0]
    settings.AUDIT_SIGNING_KEYS = SECOND_KEY
    log_of(theirs, 4)
    written = file.read_bytes()
    with time_machine.travel(timezone.now() + timedelta(seconds=61)), capture_logs() as told:
        sign_quiet_logs()
        assert file.read_bytes() == written
        for start in (5, 6):
            with tenancy.scope(ours.organization.pk):
                record(1, start=start)
                assert relay() == 1
        with tenancy.scope(theirs.organization.pk):
            record(1, start=5)
            relay()
            assert sizes() == [2, 4, 5]
        sign_quiet_logs()
    missing = [one for one in told if one["event"] == "audit_signing_key_missing"]
    # Beat's rounds tell, and no batch does.
    assert len(missing) == 2
    assert {(one["organization_id"], one["key_id"], one["setting"]) for one in missing} == {
        (str(ours.organization.pk), old_id, "AUDIT_SIGNING_KEYS")
    }
    with tenancy.scope(ours.organization.pk):
        assert ([entry["seq"] for entry in stored()], sizes()) == ([1, 2, 3, 4, 5, 6], [2, 4])
    assert verdict_on(ours).reason.startswith("The checkpoint at 2 cannot be checked")
    assert verdict_on(theirs).verified
    settings.AUDIT_SIGNING_KEYS = f"{SECOND_KEY},{old}"
    sign_quiet_logs()
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        sign_quiet_logs()
    with tenancy.scope(ours.organization.pk):
        assert sizes() == [2, 4, 6]
    assert verdict_on(ours).verified


def test_a_log_that_a_key_which_is_left_has_signed_too_goes_on_from_there(ours, audit_logs, settings):
    old = settings.AUDIT_SIGNING_KEYS
    log_of(ours, 4)
    settings.AUDIT_SIGNING_KEYS = SECOND_KEY + "," + old
    with tenancy.scope(ours.organization.pk):
        record(1, start=5)
        relay()
        chain = Chain.objects.get()
        sign(kind="head", size=chain.size, root=chain.head)
        settings.AUDIT_SIGNING_KEYS = old
        with time_machine.travel(timezone.now() + timedelta(seconds=61)), capture_logs() as told:
            sign_quiet_logs()
            assert sizes() == [2, 4, 5]
            record(1, start=6)
            assert relay() == 1
            assert sizes() == [2, 4, 5, 6]
    assert "audit_signing_key_missing" in {one["event"] for one in told}
    assert "cannot be checked" in verdict_on(ours).reason


def test_a_wrong_signature_is_told_before_a_key_that_is_missing(ours, audit_logs):
    log_of(ours, 4)
    Checkpoint.unscoped.filter(size=2).update(key_id="0" * 16)
    Checkpoint.unscoped.filter(size=4).update(signature="00" * 64)
    assert verdict_on(ours).reason == "The checkpoint at 4 is not signed by one of AUDIT_SIGNING_KEYS."
    Checkpoint.unscoped.filter(size=4).delete()
    assert verdict_on(ours).reason == (
        "The checkpoint at 2 cannot be checked: its key 0000000000000000 is not one of AUDIT_SIGNING_KEYS."
    )


def test_what_keeps_a_log_from_being_signed_is_told_each_minute_and_not_with_each_batch(ours, audit_logs):
    log_of(ours, 4)
    audit_logs.update_one({"seq": 4}, {"$set": {"action": "forged"}})
    Checkpoint.unscoped.filter(size=4).update(signature="00" * 64)
    with time_machine.travel(timezone.now() + timedelta(seconds=61)), capture_logs() as told:
        for start in (5, 6, 7):
            with tenancy.scope(ours.organization.pk):
                record(1, start=start)
                assert relay() == 1
        doubts = ("audit_checkpoint_forged", "audit_not_signed")
        assert [one for one in told if one["event"] in doubts] == []
        sign_quiet_logs()
    assert [one["event"] for one in told if one["event"] in doubts] == list(doubts)
    with tenancy.scope(ours.organization.pk):
        assert sizes() == [2, 4]


def test_a_log_without_an_entry_is_not_signed(in_scope, audit_logs, file):
    Chain.objects.create()
    sign_quiet_logs()
    assert (sizes(), file.exists()) == ([], False)


@pytest.mark.parametrize("size", [0, -5, 2**63])
def test_a_line_of_the_file_that_no_log_can_have_is_left_out(ours, audit_logs, file, size):
    log_of(ours, 4)
    line = json.loads(file.read_text().splitlines()[0])
    with file.open("a") as lines:
        lines.write(json.dumps({**line, "size": size}) + "\n")
        lines.write(json.dumps({**line, "x": "deep"}).replace('"deep"', "[" * 100_000) + "\n")
    assert verdict_on(ours).verified


def test_a_forged_line_with_a_time_that_no_calendar_has_is_a_fault(ours, audit_logs, file):
    log_of(ours, 4)
    line = json.loads(file.read_text().splitlines()[0])
    with file.open("a") as lines:
        lines.write(json.dumps({**line, "created_at": "0001-01-01T00:00:00+14:00", "signature": "00" * 64}) + "\n")
    assert verdict_on(ours).reason == "The checkpoint at 2 is not signed by one of AUDIT_SIGNING_KEYS."


@pytest.mark.parametrize("setting", ["", " , ", "short", "not base64!", "é", SECOND_KEY[:-4], f"{SECOND_KEY},x"])
def test_a_key_that_is_none_is_found_at_start_up(settings, setting):
    settings.AUDIT_SIGNING_KEYS = setting
    with pytest.raises(ImproperlyConfigured, match="AUDIT_SIGNING_KEYS") as refused:
        keys.signing_key()
    assert SECOND_KEY not in str(refused.value)
