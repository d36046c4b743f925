"""`GET /api/v1/audit-logs/`: the log, newest first, page by page."""

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest

from core.cursors import cursor_of
from tests.audit.writing import CAMPAIGN, NOON, PROGRAM, write, write_many

pytestmark = pytest.mark.django_db

LOGS = "/api/v1/audit-logs/"
DOCUMENTED = {
    "_id", "organization_id", "user_id", "action", "resource_type", "resource_id", "changes", "ip_address",
    "user_agent", "created_at",
}  # fmt: skip
BEYOND = {"key_id", "request_id", "seq", "prev_hash", "hash"}


def ids(caller, **asked) -> list[str]:
    answer = caller.get(LOGS, asked)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert set(body) == {"success", "count", "data", "next_cursor"}
    assert (body["success"], body["count"]) == (True, len(body["data"]))
    return [entry["_id"] for entry in body["data"]]


def texts(found: list[UUID]) -> list[str]:
    return [str(one) for one in found]


@pytest.mark.parametrize("path", [LOGS, LOGS.rstrip("/")], ids=["as documented", "without the slash"])
def test_an_entry_is_the_documented_one_and_says_what_verifies_it(admin, ours, audit_logs, path, counted):
    [entry_id] = write(ours, by=ours.admin, action="execute", changes={"status": ("published", "executed")})
    admin.get(path)  # whoever calls is looked up once
    with counted("GET audit-logs"):
        answer = admin.get(path)
    assert answer.status_code == 200
    [entry] = answer.json()["data"]
    assert set(entry) == DOCUMENTED | BEYOND
    stored = audit_logs.find_one({"_id": entry_id})
    assert entry == {
        "_id": str(entry_id),
        "organization_id": str(ours.organization.pk),
        "user_id": str(ours.admin.pk),
        "action": "execute",
        "resource_type": "campaign",
        "resource_id": CAMPAIGN,
        "changes": {"status": ["published", "executed"]},
        "ip_address": "192.168.1.100",
        "user_agent": "Mozilla/5.0",
        "created_at": "2026-01-27T12:00:00.000000+00:00",
        "key_id": None,
        "request_id": "request-1",
        "seq": 1,
        "prev_hash": "0" * 64,
        "hash": stored["hash"],
    }
    assert answer.json()["next_cursor"] is None
    assert answer["X-RateLimit-Limit"] == "100"


def test_the_newest_come_first_and_of_those_made_at_once_the_one_written_last(admin, ours, audit_logs):
    [middle] = write(ours, at=NOON)
    write_many(ours, 2, at=NOON + timedelta(minutes=1))
    [oldest] = write(ours, at=NOON - timedelta(minutes=1))
    answer = admin.get(LOGS).json()["data"]
    assert [entry["_id"] for entry in answer[2:]] == texts([middle, oldest])
    assert [entry["seq"] for entry in answer] == [3, 2, 1, 4]


def test_each_filter_alone_and_together(admin, ours, audit_logs):
    [by_admin] = write(ours, by=ours.admin, action="create", at=NOON)
    [by_client] = write(ours, by=ours.client, action="delete", at=NOON + timedelta(days=1))
    [by_program] = write(ours, by=PROGRAM, resource_type="user", resource_ids=("7",), at=NOON + timedelta(days=2))
    assert ids(admin, user_id=ours.client.pk) == texts([by_client])
    assert ids(admin, user_id=str(ours.client.pk).upper()) == texts([by_client])
    assert ids(admin, action="create") == texts([by_admin])
    assert ids(admin, resource_type="user") == texts([by_program])
    assert ids(admin, resource_id=CAMPAIGN) == texts([by_client, by_admin])
    assert ids(admin, date_from="2026-01-28") == texts([by_program, by_client])
    assert ids(admin, date_to="2026-01-28") == texts([by_client, by_admin])
    assert ids(admin, date_from="2026-01-28", date_to="2026-01-28") == texts([by_client])
    assert ids(admin, resource_id=CAMPAIGN, action="delete", date_from="2026-01-27") == texts([by_client])
    assert ids(admin, resource_id=CAMPAIGN, action="delete", user_id=ours.admin.pk) == []
    assert ids(admin, user_id=uuid4()) == ids(admin, action="sing") == ids(admin, resource_id="nobody's") == []
    assert ids(admin, user_id="", action="", resource_type="", cursor="") == texts([by_program, by_client, by_admin])


@pytest.mark.parametrize("path", [LOGS, f"{LOGS}export/"])
@pytest.mark.parametrize(
    "asked",
    [
        {"date_from": "0001-01-01", "date_to": "9999-12-31"},
        {"date_to": "9999-12-31T23:59:59Z"},
        {"date_to": "9999-12-31T23:59:59.999999Z"},
    ],
    ids=["days", "second", "microsecond"],
)
def test_who_means_for_ever_says_the_last_day(admin, ours, audit_logs, path, asked):
    [entry_id] = write(ours)
    answer = admin.get(path, asked)
    assert answer.status_code == 200
    text = answer.getvalue().decode()
    assert (str(entry_id) in text, text.count("prev_hash")) == (True, 1)


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "10000-01-01"])
def test_a_time_that_no_calendar_has_in_utc_is_400(admin, audit_logs, said):
    for name in ("date_from", "date_to"):
        answer = admin.get(LOGS, {name: said})
        assert (answer.status_code, answer.json()["message"].split(":")[0]) == (400, name)


@pytest.mark.parametrize(
    "position", [(2**63 - 1, 1), (-(2**62), 1), (0, 2**63), (0, 2**64 - 1), (1.5, 1), ("1", 1), (1,)], ids=str
)
def test_a_cursor_that_no_list_answers_is_400(admin, ours, audit_logs, position):
    write(ours)
    answer = admin.get(LOGS, {"cursor": cursor_of(*position)})
    assert (answer.status_code, answer.json()["message"].split(":")[0]) == (400, "cursor")


def test_a_time_as_it_was_answered_is_in_from_both_ends(admin, ours, audit_logs):
    [entry_id] = write(ours, at=NOON + timedelta(milliseconds=123, microseconds=456))
    said = admin.get(LOGS).json()["data"][0]["created_at"]
    assert said == "2026-01-27T12:00:00.123000+00:00"
    assert ids(admin, date_from=said) == ids(admin, date_to=said) == texts([entry_id])
    assert ids(admin, date_from=said, date_to=said) == texts([entry_id])
    assert ids(admin, date_from="2026-01-27T12:00:00.124Z") == ids(admin, date_to="2026-01-27T12:00:00.122Z") == []


@pytest.mark.parametrize("asked", [{}, {"action": "update"}, {"date_from": "2026-01-27", "date_to": "2026-01-27"}])
@pytest.mark.parametrize("limit", [1, 3, 4, 7, 8])
def test_pages_have_every_entry_once_however_many_were_made_at_once(admin, ours, audit_logs, asked, limit):
    write(ours, at=NOON - timedelta(minutes=1))
    write_many(ours, 5, at=NOON)
    write(ours, at=NOON + timedelta(milliseconds=1))
    expected = [entry["seq"] for entry in admin.get(LOGS).json()["data"]]
    assert expected == [7, 6, 5, 4, 3, 2, 1]
    seen, cursor = [], None
    while cursor != "":
        body = admin.get(LOGS, {**asked, "limit": limit, **({"cursor": cursor} if cursor else {})}).json()
        seen += [entry["seq"] for entry in body["data"]]
        cursor = body["next_cursor"] or ""
        assert bool(cursor) == (len(seen) < 7)
    assert seen == expected


def test_what_is_written_between_two_pages_moves_nothing(admin, ours, audit_logs):
    write_many(ours, 4, at=NOON)
    first = admin.get(LOGS, {"limit": 2}).json()
    write_many(ours, 3, at=NOON + timedelta(hours=1))
    second = admin.get(LOGS, {"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [entry["seq"] for entry in first["data"] + second["data"]] == [4, 3, 2, 1]


def test_a_cursor_beyond_the_window_goes_on_within_it(admin, ours, audit_logs):
    write(ours, at=NOON)
    write(ours, at=NOON + timedelta(days=5))
    first = admin.get(LOGS, {"limit": 1}).json()
    assert ids(admin, cursor=first["next_cursor"], date_to="2026-01-27") == [admin.get(LOGS).json()["data"][1]["_id"]]
    assert ids(admin, cursor=first["next_cursor"], date_from="2026-01-30") == []


def test_who_is_no_admin_sees_what_he_did_himself(client, ours, audit_logs):
    write(ours, by=ours.admin)
    write(ours, by=PROGRAM)
    write(ours)
    [own] = write(ours, by=ours.client)
    assert ids(client) == ids(client, user_id=ours.client.pk) == ids(client, resource_id=CAMPAIGN) == texts([own])
    assert ids(client, user_id=ours.admin.pk) == []
    assert ids(client, user_id=ours.admin.pk, cursor=cursor_of(2**41, 9)) == []


def test_another_organizations_entries_are_not_there(admin, ours, theirs, audit_logs):
    write(theirs, by=theirs.admin)
    assert ids(admin) == ids(admin, user_id=theirs.admin.pk) == ids(admin, resource_id=CAMPAIGN) == []
    assert audit_logs.count_documents({}) == 1


def test_100_are_answered_unless_more_or_fewer_are_asked_for(admin, ours, audit_logs):
    write_many(ours, 102)
    assert [len(ids(admin)), len(ids(admin, limit=2)), len(ids(admin, limit=1000))] == [100, 2, 102]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"limit": 0}, "limit: Ensure this value is greater than or equal to 1."),
        ({"limit": 1001}, "limit: Ensure this value is less than or equal to 1000."),
        ({"limit": "ten"}, "limit: A valid integer is required."),
        ({"user_id": "7"}, "user_id: Must be a valid UUID."),
        ({"date_from": "yesterday"}, "date_from: Not an ISO date or time, as 2025-07-13 or 2025-07-13T10:30:00Z."),
        ({"date_from": "2026-01-28", "date_to": "2026-01-27"}, "date_to: Is before date_from."),
        ({"surprise": 1}, "surprise: Unknown parameter."),
        ({"action": "a\x00"}, "action: Null characters are not allowed."),
        ({"action": ["create", "delete"]}, "action: Given more than once."),
        ({"resource_id[$ne]": "x"}, "resource_id[$ne]: Unknown parameter."),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_400_and_says_what_is_wrong(admin, audit_logs, asked, message):
    answer = admin.get(f"{LOGS}?{urlencode(asked, doseq=True)}")
    assert (answer.status_code, answer.json()["success"], answer.json()["message"]) == (400, False, message)


@pytest.mark.parametrize(
    "cursor",
    ["x", "*", cursor_of("a", 1), cursor_of(1), cursor_of(1.5, 2), cursor_of(2**62, 1), "e30", "bnVsbA"],
)
def test_only_a_cursor_of_the_list_is_one(admin, audit_logs, cursor):
    answer = admin.get(LOGS, {"cursor": cursor})
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"cursor"})


def test_operators_of_mongodb_are_texts(admin, ours, audit_logs):
    write(ours)
    for said in ('{"$ne": null}', "$where", "[$gt]=1"):
        assert ids(admin, action=said) == ids(admin, resource_id=said) == []


def test_as_a_form_it_is_the_same(admin, ours, audit_logs):
    write_many(ours, 3)
    form = "limit=2&action=update"
    sent = admin.post(LOGS, form, content_type="application/x-www-form-urlencoded")
    assert (sent.status_code, sent.json()) == (200, admin.get(f"{LOGS}?{form}").json())
    assert sent.json()["count"] == 2


def test_without_a_login_it_is_the_documented_401(http, audit_logs):
    answer = http.get(LOGS)
    assert (answer.status_code, answer.json()) == (401, {"detail": "Authentication credentials were not provided."})


def test_without_mongodb_it_is_the_documented_500(admin, settings):
    settings.MONGODB_URI = "mongodb://127.0.0.1:1/?replicaSet=rs0"
    answer = admin.get(LOGS)
    assert (answer.status_code, set(answer.json()), answer.json()["success"]) == (500, {"success", "message"}, False)
    assert answer.json()["message"] == "The document store is not available. Try again later."
