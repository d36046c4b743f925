"""The log as CSV."""

import csv
import io
import tracemalloc
from datetime import UTC, datetime

import pytest
from django.db import connection

from core import tenancy
from profiles import services
from profiles.models import LoggedOutProfile
from profiles.selectors import Filters
from tests.profiles.factories import BrowserProfileFactory, LoggedOutProfileFactory
from tests.stored import audited

pytestmark = pytest.mark.django_db

EXPORT = "/api/v1/logged-out-profiles/export"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def logout(agent: str, profile: str = "x", **fields) -> LoggedOutProfile:
    return LoggedOutProfileFactory(profile__agent_name=agent, profile__profile_name=profile, **fields)


def read(answer) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode(), newline="")))


@pytest.mark.parametrize("path", [EXPORT, EXPORT + "/"])
def test_it_is_a_file_of_all_records_newest_first(program, in_scope, path, time_machine):
    old, new = logout("Ann", timestamp=NOON, reason="kicked"), logout("Zoë", timestamp=NOON)
    time_machine.move_to(NOON, tick=False)
    answer = program.get(path, headers={"Accept": "text/csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="logged-out-profiles-20260310T120000Z.csv"'
    assert answer.headers["X-RateLimit-Limit"] == "5000"
    heading, *rows = read(answer)
    assert heading == ["id", "agent_name", "profile_name", "timestamp", "created_at", "updated_at", "reason"]
    assert [[row[0], row[1], row[3], row[6]] for row in rows] == [
        [str(new.pk), "Zoë", "2026-03-10T12:00:00Z", ""],
        [str(old.pk), "Ann", "2026-03-10T12:00:00Z", "kicked"],
    ]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", '=cmd|"/c calc"!A1', "\uff1d1+1", "\uff20SUM(A1)"])
def test_a_formula_is_a_text(program, in_scope, name):
    logout(name, name, reason=name)
    [_, row] = read(program.get(EXPORT))
    assert [row[1], row[2], row[6]] == [f"'{name}"] * 3


@pytest.mark.parametrize("name", ["\t=1", "\r=1", "\n=1"])
def test_a_blank_in_front_does_not_hide_a_formula(in_scope, name):
    BrowserProfileFactory(agent_name=name, profile_name="x")
    logout(name)
    assert f"'{name}".encode() in b"".join(services.export_csv(filters=Filters()))


@pytest.mark.parametrize("name", ['say "hi"', "a,b", "two\nlines", "a;b", "'quoted'", "Ünïcode 中 😀", "1-2=3"])
def test_every_other_name_comes_back_as_it_is(program, in_scope, name):
    logout(name)
    assert read(program.get(EXPORT))[1][1] == name


def test_filters_are_those_of_the_list(program, in_scope):
    logout("Ann", "x", timestamp=NOON)
    wanted = logout("Ann", "y", timestamp=NOON.replace(day=11))
    logout("Bob", "y", timestamp=NOON.replace(day=11))
    query = {
        "agent_name": "Ann",
        "profile_name": "y",
        "search": "A",
        "date_from": "2026-03-11",
        "date_to": "2026-03-11",
    }
    assert [row[0] for row in read(program.get(EXPORT, query))[1:]] == [str(wanted.pk)]
    for wrong in ({"skip": 1}, {"limit": 1}, {"date_from": "x"}):
        answer = program.get(EXPORT, wrong, headers={"Accept": "text/csv"})
        assert (answer.status_code, set(answer.json()["errors"])) == (400, set(wrong))


def test_it_is_in_the_audit_log_with_its_filters(program, in_scope):
    read(program.get(EXPORT, {"agent_name": "Ann", "date_from": "2026-03-11"}))
    [entry] = audited()
    assert (entry["action"], entry["resource_type"]) == ("export", "logged_out_profiles")
    assert entry["resource_id"] == str(in_scope.pk)
    assert entry["changes"] == {"agent_name": [None, "Ann"], "since": [None, "2026-03-11T00:00:00+00:00"]}
    assert entry["key_id"] == "environment:API_KEY"


def test_a_refused_export_is_not(program, in_scope):
    program.get(EXPORT, {"date_from": "x"})
    assert audited() == []


def test_what_is_read_after_the_answer_has_begun_is_the_organizations(ours, theirs):
    with tenancy.scope(ours.organization.pk):
        logout("ours")
        parts = services.export_csv(filters=Filters())
    with tenancy.scope(theirs.organization.pk):
        logout("theirs")
        assert b"theirs" not in b"".join(parts)


def test_a_spreadsheet_is_told_the_encoding(in_scope):
    assert next(services.export_csv(filters=Filters(), for_spreadsheet=True)).startswith(b"\xef\xbb\xbfid,agent_name")
    assert next(services.export_csv(filters=Filters())).startswith(b"id,agent_name")


def test_a_long_log_takes_no_more_memory_than_a_short_one(in_scope):
    fill(4_000)
    few = peak_bytes(rows=4_000)
    fill(12_000)
    assert peak_bytes(rows=16_000) < few * 1.5


def fill(rows: int) -> None:
    profile = BrowserProfileFactory(agent_name="Ann", profile_name="x")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO logged_out_profiles (organization_id, profile_id) SELECT %s, %s FROM generate_series(1, %s)",
            [profile.organization_id, profile.pk, rows],
        )


def peak_bytes(*, rows: int) -> int:
    tracemalloc.start()
    lines = sum(part.count(b"\r\n") for part in services.export_csv(filters=Filters()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lines == rows + 1
    return peak
