"""`GET /api/v1/audit-logs/resource-history/`: what was done to an object, oldest first."""

from datetime import timedelta

import pytest

from tests.audit.writing import CAMPAIGN, NOON, PROGRAM, write

pytestmark = pytest.mark.django_db

HISTORY = "/api/v1/audit-logs/resource-history/"


def actions(caller, **parameters) -> list[str]:
    answer = caller.get(HISTORY, parameters)
    assert answer.status_code == 200, answer.content
    return [entry["action"] for entry in answer.json()["data"]]


@pytest.mark.parametrize("path", [HISTORY, HISTORY.rstrip("/")], ids=["as documented", "without the slash"])
def test_the_answer_is_the_documented_one(admin, ours, audit_logs, path, counted):
    changes = {"status": ("draft", "published")}
    [updated] = write(ours, by=ours.admin, at=NOON + timedelta(hours=1), changes=changes)
    [created] = write(ours, by=PROGRAM, action="create", changes={"status": (None, "draft")})
    write(ours, resource_ids=("another",))
    admin.get(path)  # whoever calls is looked up once
    with counted("GET resource-history"):
        answer = admin.get(path, {"resource_id": CAMPAIGN})
    assert answer.json() == {
        "success": True,
        "resource_id": CAMPAIGN,
        "count": 2,
        "data": [
            {
                "_id": str(created),
                "action": "create",
                "user_id": None,
                "changes": {"status": [None, "draft"]},
                "created_at": "2026-01-27T12:00:00.000000+00:00",
            },
            {
                "_id": str(updated),
                "action": "update",
                "user_id": str(ours.admin.pk),
                "changes": {"status": ["draft", "published"]},
                "created_at": "2026-01-27T13:00:00.000000+00:00",
            },
        ],
    }


def test_the_limit_keeps_the_newest_and_50_is_the_default(admin, ours, audit_logs):
    for number in range(52):
        write(ours, action=f"act-{number}", at=NOON + timedelta(minutes=number))
    assert actions(admin, resource_id=CAMPAIGN) == [f"act-{number}" for number in range(2, 52)]
    assert actions(admin, resource_id=CAMPAIGN, limit=2) == ["act-50", "act-51"]
    assert len(actions(admin, resource_id=CAMPAIGN, limit=1000)) == 52


def test_of_objects_that_share_an_id_the_type_tells_which(admin, ours, audit_logs):
    write(ours, resource_ids=("7",), action="create")
    write(ours, resource_ids=("7",), resource_type="user", action="delete")
    assert actions(admin, resource_id="7") == ["create", "delete"]
    assert actions(admin, resource_id="7", resource_type="user") == ["delete"]


def test_who_is_no_admin_sees_what_he_did_himself(client, ours, audit_logs):
    write(ours, by=ours.admin, action="create")
    write(ours, by=ours.client, action="update")
    write(ours, by=PROGRAM, action="execute")
    assert actions(client, resource_id=CAMPAIGN) == ["update"]


def test_another_organizations_object_and_an_unknown_one_have_no_history(admin, theirs, audit_logs):
    write(theirs)
    assert actions(admin, resource_id=CAMPAIGN) == actions(admin, resource_id="nothing") == []


@pytest.mark.parametrize("parameters", [{}, {"resource_id": ""}], ids=["left out", "empty"])
def test_without_an_id_it_is_the_documented_400(admin, audit_logs, parameters):
    answer = admin.get(HISTORY, parameters)
    assert (answer.status_code, answer.json()["success"]) == (400, False)
    assert answer.json()["message"] == "resource_id is required"


@pytest.mark.parametrize("parameters", [{"limit": 0}, {"limit": 1001}, {"days": 7}], ids=str)
def test_what_cannot_be_asked_is_400_and_named(admin, audit_logs, parameters):
    answer = admin.get(HISTORY, {"resource_id": CAMPAIGN, **parameters})
    assert (answer.status_code, set(answer.json()["errors"])) == (400, set(parameters))


def test_as_a_form_it_is_the_same(admin, ours, audit_logs):
    write(ours)
    form = f"resource_id={CAMPAIGN}&limit=5"
    answer = admin.post(HISTORY, form, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json()) == (200, admin.get(f"{HISTORY}?{form}").json())
    assert answer.json()["count"] == 1


def test_without_mongodb_it_is_the_documented_500(admin, settings):
    settings.MONGODB_URI = "mongodb://127.0.0.1:1/?replicaSet=rs0"
    answer = admin.get(HISTORY, {"resource_id": CAMPAIGN})
    assert (answer.status_code, set(answer.json())) == (500, {"success", "message"})
