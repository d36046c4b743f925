"""`GET /api/v1/audit-logs/verify/`: an admin asks whether the log is as it was written."""

import pytest

from tests.audit.writing import write, write_many

pytestmark = pytest.mark.django_db

VERIFY = "/api/v1/audit-logs/verify/"


@pytest.mark.parametrize("path", [VERIFY, VERIFY.rstrip("/")], ids=["with the slash", "without it"])
def test_a_log_as_it_was_written(admin, ours, theirs, audit_logs, path, counted):
    write_many(ours, 3)
    write(theirs)
    admin.get("/api/v1/audit-logs/")  # whoever calls is looked up once
    with counted("GET verify"):
        answer = admin.get(path)
    assert answer.status_code == 200
    key_ids = answer.json()["data"].pop("public_key_ids")
    assert answer.json() == {
        "success": True,
        "count": 3,
        "data": {
            "organization_id": str(ours.organization.pk),
            "verified": True,
            "first_bad_seq": None,
            "last_bad_seq": None,
            "reason": "",
            "checked_from": 1,
            "checked_to": 3,
            "size": 3,
            "sealed_size": 0,
            "checkpoints_compared": answer.json()["data"]["checkpoints_compared"],
            "complete": True,
            "next_seq": None,
        },
    }
    assert [len(one) for one in key_ids] == [16]


def test_an_entry_that_was_changed_is_an_answer_and_no_error(admin, ours, audit_logs):
    write_many(ours, 5)
    audit_logs.update_one({"seq": 3}, {"$set": {"action": "nothing"}})
    answer = admin.get(VERIFY)
    assert (answer.status_code, answer.json()["success"]) == (200, True)
    verdict = answer.json()["data"]
    assert (verdict["verified"], verdict["first_bad_seq"], verdict["last_bad_seq"]) == (False, 3, 3)
    assert verdict["reason"] == "Entry 3 was changed: it does not have the hash of its content."


def test_it_goes_on_part_by_part(admin, ours, audit_logs):
    write_many(ours, 5)
    seen, from_seq = [], 1
    while from_seq is not None:
        body = admin.get(VERIFY, {"from_seq": from_seq, "limit": 2}).json()
        verdict, from_seq = body["data"], body["data"]["next_seq"]
        seen.append((body["count"], verdict["checked_from"], verdict["checked_to"], verdict["complete"]))
        assert verdict["verified"]
    assert seen == [(2, 1, 2, False), (2, 3, 4, False), (1, 5, 5, True)]


def test_an_empty_log_is_as_it_was_written(admin, audit_logs):
    body = admin.get(VERIFY).json()
    assert (body["count"], body["data"]["verified"], body["data"]["complete"]) == (0, True, True)


def test_another_organizations_log_is_not_looked_at(admin, ours, theirs, audit_logs):
    write_many(theirs, 3)
    audit_logs.update_one({"seq": 2}, {"$set": {"action": "nothing"}})
    body = admin.get(VERIFY).json()
    assert (body["count"], body["data"]["verified"]) == (0, True)


def test_who_is_no_admin_may_not(client, ours, audit_logs):
    write(ours, by=ours.client)
    answer = client.get(VERIFY)
    assert (answer.status_code, set(answer.json())) == (403, {"success", "message"})


@pytest.mark.parametrize(
    "asked", [{"from_seq": 0}, {"from_seq": "x"}, {"from_seq": 2**63}, {"limit": 0}, {"limit": 50_001}], ids=str
)
def test_what_cannot_be_asked_is_400_and_named(admin, audit_logs, asked):
    answer = admin.get(VERIFY, asked)
    assert (answer.status_code, set(answer.json()["errors"])) == (400, set(asked))


@pytest.mark.parametrize("from_seq", [6, 7, 99, 2**63 - 1])
def test_to_begin_beyond_the_end_is_to_read_nothing_and_to_find_nothing(admin, ours, audit_logs, from_seq):
    write_many(ours, 5)
    body = admin.get(VERIFY, {"from_seq": from_seq}).json()
    assert (body["count"], body["data"]["verified"], body["data"]["complete"]) == (0, True, True)


def test_a_mongodb_that_is_down_is_500_as_everywhere(admin, audit_logs, settings):
    settings.MONGODB_URI = "mongodb://127.0.0.1:1/?replicaSet=rs0"
    answer = admin.get(VERIFY)
    assert (answer.status_code, set(answer.json()), answer.json()["success"]) == (500, {"success", "message"}, False)


def test_60_an_hour_are_enough(admin, audit_logs):
    assert {admin.get(VERIFY).status_code for _ in range(60)} == {200}
    answer = admin.get(VERIFY)
    assert (answer.status_code, answer["X-RateLimit-Limit"]) == (429, "60")
