"""`manage.py verify_audit` says of each organization whether its log is as it was written; so does beat's task."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from prometheus_client.exposition import generate_latest

from audit import keys
from audit.services import watching
from audit.tasks import watch_logs
from core import tenancy
from core.health.scraping import registry
from tests.audit.chains import log_of, verdict_on
from tests.stored import queued_mails

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def logs(ours, theirs, audit_logs, settings, tmp_path):
    """Both have a log of twenty entries."""
    settings.AUDIT_CHECKPOINTS_FILE = str(tmp_path / "checkpoints.ndjson")
    log_of(ours, 20)
    log_of(theirs, 20)


@pytest.fixture
def edited(ours, audit_logs):
    """Somebody has edited our seventh entry."""
    audit_logs.update_one({"organization_id": ours.organization.pk, "seq": 7}, {"$set": {"action": "forged"}})


def told(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("verify_audit", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_every_organization_has_a_line():
    assert told() == ["demo: verified, 20 entries.", "other: verified, 20 entries."]
    assert told("--organization", "other") == ["other: verified, 20 entries."]


def test_what_is_wrong_is_told_with_the_first_bad_entry_and_fails(edited):
    out = StringIO()
    with pytest.raises(CommandError, match="1 of 2 logs are not as they were written") as failed:
        call_command("verify_audit", stdout=out)
    assert failed.value.returncode == 1
    assert out.getvalue().splitlines() == [
        "demo: NOT AS WRITTEN from entry 7 to 7: Entry 7 was changed: it does not have the hash of its content.",
        "other: verified, 20 entries.",
    ]
    assert told("--organization", "other") == ["other: verified, 20 entries."]


def test_another_copy_of_the_checkpoints_is_compared_with(settings, tmp_path):
    copy = tmp_path / "copy.ndjson"
    copy.write_bytes((tmp_path / "checkpoints.ndjson").read_bytes())
    assert told("--checkpoints", str(copy)) == told()
    with pytest.raises(CommandError, match="There is no file"):
        told("--checkpoints", str(tmp_path / "none"))


def test_an_organization_that_is_unknown_is_said_to_be():
    with pytest.raises(CommandError, match="There is no organization 'nobody'"):
        told("--organization", "nobody")


def test_public_keys_are_printed_for_auditors():
    assert "\n".join(told("--public-key")) + "\n" == keys.public_pem()


def test_beat_tells_the_cto_once_and_prometheus_each_time(ours, edited, audit_logs):
    watch_logs()
    watch_logs()
    with tenancy.scope(ours.organization.pk):
        (mail,) = queued_mails("cto_audit_changed")
    assert mail["subject"] == "The audit log of Demo does not verify"
    assert "Entry 7 was changed" in mail["text"]
    scraped = generate_latest(registry()).decode()
    assert "switchboard_audit_changed_logs 1.0" in scraped
    assert "switchboard_audit_entries 40.0" in scraped
    assert "switchboard_audit_unsigned_seconds 0.0" in scraped
    # It is put right again.
    audit_logs.update_one({"organization_id": ours.organization.pk, "seq": 7}, {"$set": {"action": "update"}})
    watch_logs()
    assert "switchboard_audit_changed_logs 0.0" in generate_latest(registry()).decode()
    assert verdict_on(ours).verified


def test_a_fault_far_down_a_long_log_is_told_of_once(ours, edited, monkeypatch):
    monkeypatch.setattr(watching, "AT_ONCE", 4)
    for _ in range(6):
        watch_logs()
    with tenancy.scope(ours.organization.pk):
        assert len(queued_mails("cto_audit_changed")) == 1
    assert "switchboard_audit_changed_logs 1.0" in generate_latest(registry()).decode()


def test_a_line_of_the_file_with_a_size_that_is_none_hides_nothing(ours, edited, tmp_path):
    file = tmp_path / "checkpoints.ndjson"
    line = file.read_text().splitlines()[0].replace('"size":10', '"size":1e999')
    assert "1e999" in line
    with file.open("a") as lines:
        lines.write(f"{line}\n")
    assert verdict_on(ours).first_bad_seq == 7
