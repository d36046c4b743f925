"""`GET /api/v1/audit-logs/export/`: the log as a file, which can be verified without the platform."""

import csv
import io
import json
import re
import tracemalloc
from pathlib import Path

import pytest
from pymongo.errors import PyMongoError

from audit import chain, offline, selectors
from audit.documents import AUDIT_LOGS
from audit.keys import public_pem
from audit.models import Checkpoint
from audit.selectors import Filters, exporting
from audit.services.exporting import export
from core import tenancy
from core.exporting import AT_ONCE, PLACES
from core.outbox.models import OutboxEvent
from core.testing.mongo import start_empty
from tests.audit.writing import CAMPAIGN, NOON, PROGRAM, write, write_many
from tests.stored import audited

pytestmark = pytest.mark.django_db

EXPORT = "/api/v1/audit-logs/export/"


def lines(answer) -> list[dict]:
    assert answer.status_code == 200, answer.content
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def rows(answer) -> list[list[str]]:
    assert answer.status_code == 200, answer.content
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode(), newline="")))


def verified_offline(content: bytes, directory: Path) -> int:
    (directory / "export.ndjson").write_bytes(content)
    (directory / "public.pem").write_text(public_pem())
    return offline.main([str(directory / "export.ndjson"), "--key", str(directory / "public.pem")])


def test_an_entry_is_a_line_as_it_was_hashed_and_the_checkpoints_come_last(admin, ours, audit_logs):
    write(ours, by=PROGRAM, changes={"name": (None, "Élan 😀"), "rate": (0.1, 2.5)})
    write_many(ours, 2, by=ours.client)
    answer = admin.get(EXPORT)
    assert answer["Content-Type"] == "application/x-ndjson"
    assert re.fullmatch(r'attachment; filename="audit-log-\d{8}T\d{6}Z\.ndjson"', answer["Content-Disposition"])
    told = lines(answer)
    entries = [one for one in told if "seq" in one]
    assert [one["seq"] for one in entries] == [1, 2, 3]
    assert entries[0]["changes"] == {"name": [None, "Élan 😀"], "rate": [0.1, 2.5]}
    assert (entries[0]["key_id"], entries[0]["created_at"]) == (PROGRAM, "2026-01-27T12:00:00.000+00:00")
    assert [chain.hash_of(chain.parsed(one)) for one in entries] == [one["hash"] for one in entries]
    signed = [{"checkpoint": row.signed.exported()} for row in Checkpoint.unscoped.order_by("size")]
    assert told[3:-1] == signed
    end = told[-1]["end"]
    assert (end["entries"], end["checkpoints"], end["size"]) == (3, len(signed), 3)
    assert (end["head"], end["organization_id"]) == (entries[-1]["hash"], str(ours.organization.pk))
    assert len(signed) > 0


def test_a_whole_export_verifies_offline_and_one_that_was_changed_does_not(admin, ours, audit_logs, tmp_path, capsys):
    write_many(ours, 5, by=ours.client, changes={"name": ("Old", "New")})
    write(ours, by=ours.admin)
    content = b"".join(admin.get(EXPORT).streaming_content)
    assert verified_offline(content, tmp_path) == 0
    assert f"{ours.organization.pk}: entries 1 to 6 form a chain; 1 signed" in capsys.readouterr().out
    written = content.splitlines(keepends=True)
    assert verified_offline(content.replace(b'"New"', b'"Newer"', 1), tmp_path) == 1
    assert verified_offline(b"".join(written[:2] + written[3:]), tmp_path) == 1
    assert verified_offline(b"".join(written[:3] + written[6:]), tmp_path) == 1
    assert verified_offline(b"".join(written[:-1]), tmp_path) == 1
    capsys.readouterr()


def test_a_checkpoint_beyond_the_end_is_evidence_and_comes_along(admin, ours, audit_logs, tmp_path, capsys):
    write_many(ours, 5)
    audit_logs.delete_many({"seq": {"$gt": 3}})
    with tenancy.scope(ours.organization.pk):
        exporting.Chain.objects.update(size=3, head=audit_logs.find_one({"seq": 3})["hash"])
    assert verified_offline(b"".join(admin.get(EXPORT).streaming_content), tmp_path) == 1
    assert "The newest entries are missing: a signed checkpoint counts 5." in capsys.readouterr().out


def test_filters_are_those_of_the_list_and_a_part_has_no_checkpoints(admin, ours, theirs, audit_logs):
    [wanted] = write(ours, by=ours.client, action="delete")
    write(ours, by=ours.admin, action="delete", at=NOON.replace(day=28))
    write(ours, by=ours.client, action="create")
    write(theirs)
    query = {"user_id": ours.client.pk, "action": "delete", "date_to": "2026-01-27", "resource_id": CAMPAIGN}
    assert [one["_id"] for one in lines(admin.get(EXPORT, {**query, "resource_type": "campaign"}))] == [str(wanted)]
    assert [one["seq"] for one in lines(admin.get(EXPORT, {"date_from": "2026-01-01"}))] == [1, 3, 2]
    assert lines(admin.get(EXPORT, {"action": "sing"})) == []
    for wrong in ({"limit": 1}, {"cursor": "x"}, {"format": "xml"}, {"date_from": "x"}):
        answer = admin.get(EXPORT, wrong, headers={"Accept": "text/csv"})
        assert (answer.status_code, set(answer.json()["errors"])) == (400, set(wrong))


def test_an_empty_log_is_a_file_with_its_end_only_and_csv_has_its_heading(admin, ours, audit_logs):
    [line] = lines(admin.get(EXPORT))
    assert (line["end"]["entries"], line["end"]["checkpoints"], line["end"]["size"]) == (0, 0, 0)
    assert len(rows(admin.get(EXPORT, {"format": "csv"}))) == 1


def test_csv_has_a_row_for_each_entry_and_formulas_are_texts(admin, ours, audit_logs):
    write(ours, by=ours.admin, changes={"name": ("=1+1", "b")}, resource_ids=("=SUM(A1)",), resource_type="@x")
    heading, row = rows(admin.get(EXPORT, {"format": "csv"}))
    told = dict(zip(heading, row, strict=True))
    assert heading[:4] == ["seq", "created_at", "user_id", "key_id"]
    assert (told["seq"], told["created_at"], told["user_id"]) == ("1", "2026-01-27T12:00:00+00:00", str(ours.admin.pk))
    assert (told["resource_id"], told["resource_type"], told["key_id"]) == ("'=SUM(A1)", "'@x", "")
    assert json.loads(told["changes"]) == {"name": ["=1+1", "b"]}


def test_it_is_in_the_log_itself_with_what_was_asked(admin, ours, audit_logs, in_scope):
    OutboxEvent.unscoped.all().delete()
    lines(admin.get(EXPORT, {"user_id": ours.client.pk, "date_from": "2026-01-27"}))
    [entry] = audited()
    assert (entry["action"], entry["resource_type"]) == ("export", "audit_log")
    assert (entry["resource_id"], entry["user_id"]) == (str(in_scope.pk), str(ours.admin.pk))
    assert entry["changes"] == {
        "format": [None, "ndjson"],
        "user_id": [None, str(ours.client.pk)],
        "since": [None, "2026-01-27T00:00:00+00:00"],
    }


def test_who_is_no_admin_gets_nothing_and_nothing_is_recorded(client, ours, audit_logs, in_scope):
    OutboxEvent.unscoped.all().delete()
    for call in (client.get, client.head):
        assert call(EXPORT).status_code == 403
    assert client.get(EXPORT).json() == {
        "success": False,
        "message": "Only an admin may verify or export the audit log.",
    }
    assert audited() == []


def test_to_ask_about_the_file_takes_no_place_and_is_not_recorded(admin, audit_logs, in_scope):
    OutboxEvent.unscoped.all().delete()
    answer = admin.head(EXPORT, {"format": "csv"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert (audited(), PLACES.qsize()) == ([], AT_ONCE)


@pytest.mark.parametrize("file_format", ["ndjson", "csv"])
def test_however_long_the_log_is_the_queries_are_as_many(admin, ours, audit_logs, monkeypatch, counted, file_format):
    monkeypatch.setattr(exporting, "BATCH", 10)
    write_many(ours, 95)
    admin.get("/api/v1/audit-logs/")  # whoever calls is looked up once
    with counted(f"GET export, {file_format}"):
        content = b"".join(admin.get(EXPORT, {"format": file_format}).streaming_content)
    assert content.count(b"\n") == (96 if file_format == "csv" else 97)  # a heading, or a checkpoint and the end


def test_all_checkpoints_come_however_many_there_are(in_scope, ours, audit_logs, monkeypatch):
    write_many(ours, 1)
    [first] = Checkpoint.objects.all()
    for size in (2, 3, 4, 5):
        Checkpoint.objects.create(size=size, root="0" * 64, key_id="k", signature="s")
    Checkpoint.objects.create(size=4, root="0" * 64, key_id="k", signature="s", kind="seal")
    for batch in (2, 3, 4, 5, 6, 7):
        monkeypatch.setattr(exporting, "CHECKPOINTS_BATCH", max(batch, 3))
        found = list(selectors.checkpoints_upto(5))
        assert [(one.size, one.statement.kind) for one in found] == [
            (1, "head"), (2, "head"), (3, "head"), (4, "head"), (4, "seal"), (5, "head"),
        ]  # fmt: skip
    assert first.signed == found[0]


def test_a_long_log_takes_no_more_memory_than_a_short_one(in_scope, ours, audit_logs):
    write_many(ours, 3000)
    few = peak_bytes(entries=3000)
    write_many(ours, 9000)
    assert peak_bytes(entries=12_000) < few * 1.5


def peak_bytes(*, entries: int) -> int:
    tracemalloc.start()
    found = sum(part.count(b"\n") for part in export(filters=Filters(), format="csv"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == entries + 1
    return peak


@pytest.mark.parametrize(
    ("file_format", "last"),
    [
        ("ndjson", b'{"error":"The export broke off here and is incomplete."}\n'),
        ("csv", b"The export broke off here and is incomplete.\r\n"),
    ],
)
def test_a_mongodb_that_dies_in_the_middle_is_told_in_the_file(
    in_scope, ours, settings, private_mongo, tmp_path, capsys, file_format, last
):
    settings.MONGODB_URI = private_mongo.url
    start_empty(AUDIT_LOGS)
    write_many(ours, 2500)
    parts = export(filters=Filters(), format=file_format)
    told = [next(parts)]
    private_mongo.kill()
    with pytest.raises(PyMongoError):
        told.extend(parts)
    assert told[-1] == last
    assert sum(part.count(b"\n") for part in told) < 2500
    assert PLACES.qsize() == AT_ONCE
    if file_format == "ndjson":
        assert verified_offline(b"".join(told), tmp_path) == 2
    capsys.readouterr()


def test_without_mongodb_it_is_the_documented_500(admin, settings):
    settings.MONGODB_URI = "mongodb://127.0.0.1:1/?replicaSet=rs0"
    answer = admin.get(EXPORT)
    assert (answer.status_code, set(answer.json())) == (500, {"success", "message"})
    assert PLACES.qsize() == AT_ONCE


def test_as_a_form_it_is_the_same(admin, ours, audit_logs):
    write(ours)
    answer = admin.post(EXPORT, "format=csv", content_type="application/x-www-form-urlencoded")
    assert len(rows(answer)) == 2


def test_20_an_hour_are_enough(admin, audit_logs):
    assert [len(lines(admin.get(EXPORT))) for _ in range(20)] == [1] * 20
    answer = admin.get(EXPORT)
    assert (answer.status_code, answer["X-RateLimit-Limit"]) == (429, "20")
