"""Many records at once: batches and bulk deletion."""

import pytest

from core import tenancy
from core.outbox.models import OutboxEvent
from profiles.models import BrowserProfile, LoggedOutProfile
from tests.profiles.factories import LoggedOutProfileFactory
from tests.stored import audited

pytestmark = pytest.mark.django_db

BATCH = "/api/v1/logged-out-profiles/bulk"
DELETE = "/api/v1/logged-out-profiles/bulk-delete"
ITEM = {"agent_name": "Agent_001", "profile_name": "profile_gmail_1"}


@pytest.mark.parametrize("path", [BATCH, BATCH + "/"])
def test_a_batch_is_written_down_in_its_order(program, in_scope, path):
    LoggedOutProfileFactory(profile__profile_name="profile_gmail_1")
    items = [{**ITEM, "profile_name": f"profile_gmail_{number % 3}", "reason": f"no. {number}"} for number in range(7)]
    answer = program.post(path, {"items": items}, format="json")
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert body["created_count"] == 7
    assert [{name: item[name] for name in items[0]} for item in body["items"]] == items
    made = LoggedOutProfile.objects.filter(reason__isnull=False).select_related("profile").order_by("pk")
    assert [record.pk for record in made] == [item["id"] for item in body["items"]]
    assert [(record.profile.profile_name, record.reason) for record in made] == [
        (item["profile_name"], item["reason"]) for item in items
    ]
    assert BrowserProfile.objects.count() == 3


def test_each_of_a_batch_has_an_entry_in_the_audit_log(program, in_scope):
    body = program.post(BATCH, {"items": [ITEM] * 3}, format="json").json()
    assert [(entry["action"], entry["resource_type"]) for entry in audited()] == [("create", "logged_out_profile")] * 3
    assert {entry["resource_id"]: entry["changes"] for entry in audited()} == {
        str(item["id"]): {
            name: [None, item[name]] for name in ("agent_name", "profile_name", "reason") if item[name] is not None
        }
        for item in body["items"]
    }


def test_one_wrong_item_keeps_all_out_and_is_named(program, in_scope):
    items = [ITEM, ITEM, {**ITEM, "agent_name": 5}, {"profile_name": "x"}, {**ITEM, "surprise": 1}, "text"]
    answer = program.post(BATCH, {"items": items}, format="json")
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {
        "items[2].agent_name",
        "items[3].agent_name",
        "items[4].surprise",
        "items[5].non_field_errors",
    }
    assert not LoggedOutProfile.objects.exists()
    assert not BrowserProfile.objects.exists()
    assert not OutboxEvent.objects.exists()


@pytest.mark.parametrize("items", [[], None, {"0": ITEM}, "text", [ITEM] * 1001], ids=lambda items: str(items)[:20])
def test_what_is_no_batch_is_refused(program, in_scope, items):
    assert program.post(BATCH, {"items": items}, format="json").status_code == 400
    assert program.post(BATCH, items, format="json").status_code == 400
    assert not LoggedOutProfile.objects.exists()


def test_a_batch_that_is_too_large_is_told_as_a_whole(program, in_scope):
    answer = program.post(BATCH, {"items": [5] * 1001}, format="json")
    assert answer.json()["errors"] == {"items": ["Ensure this field has no more than 1000 elements."]}
    assert program.post(BATCH, {"items": []}, format="json").json()["errors"] == {
        "items": ["This list may not be empty."]
    }
    assert set(program.post(BATCH, {"items": "text"}, format="json").json()["errors"]) == {"items"}


def test_swagger_tells_the_most_that_a_batch_may_have(program):
    items = program.get("/swagger.json").json()["definitions"]["BatchIn"]["properties"]["items"]
    assert (items["maxItems"], items["items"]) == (1000, {"$ref": "#/definitions/RecordIn"})


def test_a_full_batch_costs_as_much_as_a_small_one(program, in_scope, counted):
    program.get("/api/v1/logged-out-profiles/")
    items = [{**ITEM, "profile_name": f"p {number}"} for number in range(1000)]
    with counted("POST logged-out-profiles/bulk"):
        answer = program.post(BATCH, {"items": items}, format="json")
    assert answer.json()["created_count"] == LoggedOutProfile.objects.count() == len(audited()) == 1000


@pytest.mark.parametrize("path", [DELETE, DELETE + "/"])
def test_those_that_are_there_are_deleted_and_the_others_are_told(program, in_scope, theirs, path):
    with tenancy.scope(theirs.organization.pk):
        foreign = LoggedOutProfileFactory().pk
    kept, *gone = (LoggedOutProfileFactory().pk for _ in range(4))
    ids = [gone[2], 999_999_999, gone[0], foreign, gone[1], gone[0], -1, 0, 2**64 - 1, foreign]
    answer = program.post(path, {"ids": ids}, format="json")
    assert answer.status_code == 200
    assert answer.json() == {"deleted_count": 3, "failed_ids": [999_999_999, foreign, -1, 0, 2**64 - 1]}
    assert set(LoggedOutProfile.unscoped.values_list("pk", flat=True)) == {kept, foreign}
    assert [(entry["action"], entry["resource_type"]) for entry in audited()] == [("delete", "logged_out_profile")] * 3
    assert {entry["resource_id"] for entry in audited()} == {str(pk) for pk in gone}
    assert all(entry["changes"]["profile_name"][1] is None for entry in audited())
    assert all(set(entry["changes"]) >= {"agent_name", "profile_name"} for entry in audited())


@pytest.mark.parametrize(
    "body",
    [{}, {"ids": None}, {"ids": "1"}, {"ids": [1, "2"]}, {"ids": [True]}, {"ids": [1.5]}, {"ids": [[1]]}, [1],
     {"ids": {"$gt": 0}}, {"ids": [1], "all": True}],
    ids=str,
)  # fmt: skip
def test_ids_that_are_none_are_refused(program, in_scope, body):
    LoggedOutProfileFactory()
    answer = program.post(DELETE, body, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"]
    assert LoggedOutProfile.objects.count() == 1


def test_an_id_that_is_none_is_named_by_its_place(program, in_scope):
    assert program.post(DELETE, {"ids": [1, "2"]}, format="json").json() == {
        "detail": "ids[1]: A valid integer is required.",
        "errors": {"ids[1]": ["A valid integer is required."]},
    }


def test_ten_thousand_ids_are_taken_and_one_more_is_not(program, in_scope, counted):
    first = LoggedOutProfileFactory().pk
    program.get("/api/v1/logged-out-profiles/")
    assert program.post(DELETE, {"ids": list(range(first, first + 10_001))}, format="json").status_code == 400
    assert LoggedOutProfile.objects.count() == 1
    with counted("POST logged-out-profiles/bulk-delete"):
        body = program.post(DELETE, {"ids": list(range(first, first + 10_000))}, format="json").json()
    assert (body["deleted_count"], len(body["failed_ids"])) == (1, 9_999)


def test_nothing_to_delete_is_no_error(program, in_scope):
    assert program.post(DELETE, {"ids": []}, format="json").json() == {"deleted_count": 0, "failed_ids": []}
