"""`GET /api/v1/audit-logs/user-activity/`: what somebody did lately."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.audit.writing import CAMPAIGN, write, write_many

pytestmark = pytest.mark.django_db

ACTIVITY = "/api/v1/audit-logs/user-activity/"


def asked(caller, **parameters) -> dict:
    answer = caller.get(ACTIVITY, parameters)
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize("path", [ACTIVITY, ACTIVITY.rstrip("/")], ids=["as documented", "without the slash"])
def test_the_answer_is_the_documented_one(client, ours, audit_logs, path, counted):
    [entry_id] = write(ours, by=ours.client, action="create", at=None)
    client.get(path)  # whoever calls is looked up once
    with counted("GET user-activity"):
        answer = client.get(path)
    created_at = answer.json()["data"][0]["created_at"]
    assert answer.json() == {
        "success": True,
        "user_id": str(ours.client.pk),
        "days": 7,
        "count": 1,
        "data": [
            {
                "_id": str(entry_id),
                "action": "create",
                "resource_type": "campaign",
                "resource_id": CAMPAIGN,
                "created_at": created_at,
            }
        ],
    }
    assert len(created_at) == len("2026-01-27T10:30:00.000000+00:00")


def test_days_are_24_hours_back_from_now_and_the_newest_come_first(client, ours, audit_logs):
    now = datetime.now(UTC)
    for days in (29.9, 1, 30.1, 6.9, 7.1):
        write(ours, by=ours.client, at=now - timedelta(days=days), resource_ids=(str(days),))
    found = {days: [one["resource_id"] for one in asked(client, days=days)["data"]] for days in (1, 7, 30, 31)}
    assert found == {1: [], 7: ["1", "6.9"], 30: ["1", "6.9", "7.1", "29.9"], 31: ["1", "6.9", "7.1", "29.9", "30.1"]}


def test_a_form_as_the_document_s_curl_sends_it(client, ours, audit_logs):
    write_many(ours, 3, by=ours.client, at=None)
    form = "days=30&limit=2"
    answer = client.post(ACTIVITY, form, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json()["days"], answer.json()["count"]) == (200, 30, 2)
    assert answer.json() == client.get(f"{ACTIVITY}?{form}").json()


def test_an_admin_sees_anybodys_and_nobody_s_is_empty(admin, ours, theirs, audit_logs):
    write(ours, by=ours.client, at=None)
    write(theirs, by=theirs.admin, at=None)
    assert asked(admin)["count"] == 0
    assert asked(admin, user_id=ours.client.pk)["count"] == 1
    for stranger in (theirs.admin.pk, uuid4()):
        body = asked(admin, user_id=stranger)
        assert (body["user_id"], body["count"], body["data"]) == (str(stranger), 0, [])


def test_another_users_is_403_for_who_is_no_admin(client, ours, theirs, audit_logs):
    write(ours, by=ours.admin, at=None)
    for somebody in (ours.admin.pk, theirs.admin.pk, uuid4()):
        answer = client.get(ACTIVITY, {"user_id": somebody})
        assert answer.status_code == 403
        assert answer.json() == {"success": False, "message": "Only an admin may see another user's activity."}
    assert asked(client, user_id=ours.client.pk)["count"] == 0


@pytest.mark.parametrize(
    "parameters",
    [{"days": 0}, {"days": -1}, {"days": 36_501}, {"days": "week"}, {"limit": 0}, {"limit": 1001}, {"user_id": "me"}],
    ids=str,
)
def test_what_cannot_be_asked_is_400_and_named(client, audit_logs, parameters):
    answer = client.get(ACTIVITY, parameters)
    assert (answer.status_code, set(answer.json()["errors"])) == (400, set(parameters))


def test_100_are_answered_unless_more_are_asked_for(client, ours, audit_logs):
    write_many(ours, 101, by=ours.client, at=None)
    assert [asked(client)["count"], asked(client, limit=1000)["count"]] == [100, 101]


def test_without_mongodb_it_is_the_documented_500(client, settings):
    settings.MONGODB_URI = "mongodb://127.0.0.1:1/?replicaSet=rs0"
    answer = client.get(ACTIVITY)
    assert (answer.status_code, set(answer.json())) == (500, {"success", "message"})
