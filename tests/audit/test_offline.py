"""An export is verified without the platform: by Python, and the public key."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from audit import keys, offline
from audit.chain import NO_HASH, chained, time_text
from audit.endings import Ending
from audit.models import Chain, Checkpoint
from audit.services.signing import sign
from audit.tasks import delete_old_entries
from core import tenancy
from tests.audit.chains import log_of, record, relay, stored

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]


def lines_of(company) -> list[dict]:
    """The log as it is exported."""
    with tenancy.scope(company.organization.pk):
        entries = [
            json.loads(json.dumps({**entry, "created_at": time_text(entry["created_at"])}, default=str))
            for entry in stored()
        ]
        signed = [{"checkpoint": row.signed.exported()} for row in Checkpoint.objects.order_by("size")]
        return ended(entries + signed, company.organization.pk)


def ended(lines: list[dict], organization_id) -> list[dict]:
    """The lines, and the one that tells where they end."""
    entries = [line for line in lines if "checkpoint" not in line]
    ending = Ending.signed(
        keys.signing_key(),
        organization_id=str(organization_id),
        counts=(len(entries), len(lines) - len(entries)),
        last=(entries[-1]["seq"], entries[-1]["hash"]),
        at=timezone.now(),
    )
    return [*lines, {"end": asdict(ending)}]


@pytest.fixture
def lines(ours, audit_logs, settings, tmp_path) -> list[dict]:
    """An export of twenty entries with checkpoints at 10 and 20."""
    settings.AUDIT_CHECKPOINTS_FILE = str(tmp_path / "checkpoints.ndjson")
    log_of(ours, 20)
    return lines_of(ours)


@pytest.fixture
def verified(tmp_path, capsys):
    """Verify these lines, and say the exit status and what was told."""

    def verify(lines: list[dict]) -> tuple[int, str]:
        export, key = tmp_path / "export.ndjson", tmp_path / "public.pem"
        export.write_text("".join(json.dumps(line) + "\n" for line in lines))
        key.write_text(keys.public_pem())
        status = offline.main([str(export), "--key", str(key)])
        told = capsys.readouterr()
        return status, told.out + told.err

    return verify


def test_an_export_verifies_in_a_process_that_knows_nothing_of_the_platform(ours, lines, tmp_path):
    export, key = tmp_path / "export.ndjson", tmp_path / "public.pem"
    export.write_text("".join(json.dumps(line) + "\n" for line in lines))
    key.write_text(keys.public_pem())
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "audit.offline", str(export), "--key", str(key)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0
    assert run.stdout == (
        f"{ours.organization.pk}: entries 1 to 20 form a chain; 2 signed checkpoints prove those up to 20.\n"
    )
    assert not {"django", "pymongo", "bson", "psycopg"} & {line.split()[-1] for line in run.stderr.splitlines()}


@pytest.mark.parametrize("seq", [1, 10, 20])
def test_an_edited_entry_is_found(lines, verified, seq):
    lines[seq - 1]["action"] = "forged"
    status, told = verified(lines)
    assert (status, told.split(":")[0]) == (1, f"NOT AS WRITTEN from entry {seq} to {seq}")


@pytest.mark.parametrize("seq", [1, 10])
def test_a_missing_entry_is_found(lines, verified, seq):
    del lines[seq - 1]
    status, told = verified(lines)
    assert status == 1
    assert told.startswith(f"NOT AS WRITTEN from entry {seq} to {seq}")


def test_missing_newest_entries_are_found(lines, verified):
    status, told = verified(lines[:15] + lines[20:])
    assert (status, told) == (
        1,
        "NOT AS WRITTEN from entry 16 to 20: The newest entries are missing: a signed checkpoint counts 20.\n",
    )


def test_an_export_that_was_computed_anew_is_found(lines, verified):
    entries = [offline.parsed(line) for line in lines[:20]]
    entries[14]["action"] = "forged"
    forged = [
        json.loads(json.dumps({**entry, "created_at": time_text(entry["created_at"])}, default=str))
        for entry in chained(entries, size=0, head=NO_HASH)
    ]
    status, told = verified(forged + lines[20:])
    assert status == 1
    assert told.startswith("NOT AS WRITTEN from entry 11 to 20")


def test_a_checkpoint_that_somebody_else_signed_is_found(lines, verified):
    lines[-2]["checkpoint"]["signature"] = "00" * 64
    status, told = verified(lines)
    assert (status, told.split(":")[0]) == (1, "NOT AS WRITTEN from entry 20 to 20")


def test_a_checkpoint_whose_key_is_not_there_is_told_from_a_forged_one(lines, verified):
    lines[-2]["checkpoint"]["key_id"] = "0" * 16
    status, told = verified(lines)
    reason = "The checkpoint at 20 cannot be checked: its key 0000000000000000 is not among the keys."
    assert (status, told) == (1, f"NOT AS WRITTEN from entry 20 to 20: {reason}\n")


@pytest.mark.parametrize("left", [20, 21, 22])
def test_an_export_whose_end_was_cut_off_is_found(lines, verified, left):
    status, told = verified(lines[:left])
    assert status == 1
    assert "The export's last line is missing" in told


def test_an_export_without_its_last_entries_and_checkpoints_is_found_by_its_last_line(lines, verified):
    status, told = verified(lines[:15] + lines[20:21] + lines[22:])
    assert status == 1
    assert "The export had 20 entries up to 20 and 2 checkpoints, and has 15 up to 15 and 1" in told


def test_an_end_that_somebody_else_wrote_is_found(lines, verified):
    lines[-1]["end"]["checkpoints"] = 1
    del lines[21]
    status, told = verified(lines)
    assert (status, "The export's last line is not signed by one of the keys" in told) == (1, True)


def test_nothing_comes_after_the_end(lines, verified):
    assert verified([*lines, lines[0]])[0] == 2
    assert verified([*lines[:-1], {"end": {"size": 20}}])[0] == 2


def test_an_end_whose_key_is_no_text_is_none(lines, verified):
    lines[-1]["end"]["key_id"] = []
    assert verified(lines)[0] == 2


def test_a_time_that_no_calendar_has_is_a_change(lines, verified):
    lines[4]["created_at"] = "0001-01-01T00:00:00+14:00"
    status, told = verified(lines)
    assert (status, "Entry 5 was changed" in told) == (1, True)


def test_an_end_is_no_checkpoint(lines, verified):
    end = lines[-1]["end"]
    forged = {"kind": "export", "root": end["head"], **end}
    status, told = verified([*lines[:-1], {"checkpoint": forged}, lines[-1]])
    assert (status, "The checkpoint at 20 is not signed by one of the keys" in told) == (1, True)


def test_entries_after_the_last_checkpoint_are_told_of(ours, lines, verified):
    status, told = verified(ended(lines[:-2], ours.organization.pk))
    assert status == 0
    assert "1 signed checkpoints prove those up to 10" in told
    assert "Those after it were too young" in told


def test_an_export_that_begins_after_a_seal_verifies(ours, lines, verified, settings):
    settings.AUDIT_RETENTION_DAYS = 30
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        delete_old_entries()
    with tenancy.scope(ours.organization.pk):
        record(3, start=100)
        relay()
        chain = Chain.objects.get()
        sign(kind="head", size=chain.size, root=chain.head)
    later = lines_of(ours)
    status, told = verified(later)
    assert status == 0, told
    assert "entries 21 to 24 form a chain" in told
    # Without the seal nobody knows what they follow.
    assert verified([line for line in later if line.get("checkpoint", {}).get("kind") != "seal"])[0] == 1


@pytest.mark.parametrize(
    "text",
    ["", "no JSON\n", "[]\n", "{}\n", '{"checkpoint": {}}\n', '{"end": {}}\n', "[" * 100_000],
    ids=lambda text: text[:8],
)
def test_a_file_that_is_no_export_is_refused(tmp_path, capsys, text):
    export, key = tmp_path / "export.ndjson", tmp_path / "public.pem"
    export.write_text(text)
    key.write_text(keys.public_pem())
    assert offline.main([str(export), "--key", str(key)]) == 2
    key.write_text("no key")
    assert offline.main([str(export), "--key", str(key)]) == 2


def test_an_export_without_its_checkpoints_proves_nothing(lines, verified):
    entries = [line for line in lines if "seq" in line]
    status, told = verified(ended(entries, entries[0]["organization_id"]))
    assert status == 1
    assert told.startswith("NOT PROVEN: no signed checkpoint")
