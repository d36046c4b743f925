"""What the AI agents' document names: filters, bulk actions, relations that keep themselves, and errors."""

from datetime import UTC, datetime

import pytest
from rest_framework.test import APIClient

from agents.models import AIAgent, Callback, Customer
from tests.agents.factories import AIAgentFactory, CallbackFactory
from tests.contract.shapes import differences
from tests.contract.test_agents import AI, ERROR, STATISTICS, everything

pytestmark = pytest.mark.django_db

CUSTOMERS, CALLBACKS = f"{AI}customers/", f"{AI}callbacks/"
LONG_AGO = datetime(2025, 8, 1, tzinfo=UTC)


@pytest.fixture
def admin(ours, logged_in, written) -> APIClient:
    return logged_in(ours.admin)


def ask(caller: APIClient, path: str, expected: int = 200, method: str = "GET", **body):
    answer = caller.generic(method, path) if method == "GET" else getattr(caller, method.lower())(path, body, "json")
    assert answer.status_code == expected, answer.content
    return answer.json()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("interest_level=hot&converted=false&search=john", ["john", "mary"]),
        ("interest_level=hot&converted=false&search=JOHN%20DOE", ["john"]),
        ("interest_level=warm", ["johanna"]),
        ("converted=true", []),
        ("search=%2B1234567890", ["john"]),
        ("search=johanna", ["johanna"]),
        ("interest_level=cold&search=john", []),
    ],
)
def test_customers_are_filtered(query, found, admin, world):
    body = ask(admin, f"{CUSTOMERS}?{query}")
    expected = {str(getattr(world, name).pk) for name in found}
    assert {item["id"] for item in body["items"]} == expected
    assert body["total_count"] == len(found)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=scheduled&overdue=true&today=true", ["late", "hers"]),
        ("status=scheduled", ["late", "coming", "hers"]),
        ("overdue=true", ["late", "hers"]),
        ("overdue=false", ["coming", "done"]),
        ("today=true", ["late", "hers"]),
        ("today=false&status=completed", ["done"]),
        ("status=cancelled", []),
    ],
)
def test_callbacks_are_filtered(query, found, admin, world):
    body = ask(admin, f"{CALLBACKS}?{query}")
    assert {item["id"] for item in body["items"]} == {str(getattr(world, name).pk) for name in found}
    assert body["total_count"] == len(found)


def test_summaries_count_what_the_filters_match(admin, world):
    agents = ask(admin, AI)
    assert (agents["total_count"], agents["summary"]["active"], agents["summary"]["inactive"]) == (4, 2, 2)
    assert ask(admin, f"{AI}?status=training")["summary"]["inactive"] == 2
    customers = ask(admin, f"{CUSTOMERS}?interest_level=hot")
    assert (customers["summary"]["hot"], customers["summary"]["warm"]) == (2, 0)
    callbacks = ask(admin, CALLBACKS)["summary"]
    assert (callbacks["scheduled"], callbacks["completed"], callbacks["overdue"]) == (3, 1, 2)


@pytest.mark.parametrize(("action", "status"), [("activate", "active"), ("pause", "paused")])
def test_ai_agents_are_activated_and_paused_in_bulk(action, status, admin, world):
    ids = [str(world.trained.pk), str(world.untrained.pk)]
    data = ask(admin, f"{AI}bulk-actions/", method="POST", action=action, ids=ids)["data"]
    assert data["succeeded"] == 2
    assert {AIAgent.objects.get(pk=pk).status for pk in ids} == {status}


def test_training_is_reset_in_bulk(admin, world):
    body = {"action": "reset_training", "filters": {"training_level_gt": 50, "status": "training"}}
    assert ask(admin, f"{AI}bulk-actions/", method="POST", **body)["data"]["succeeded"] == 1
    world.trained.refresh_from_db()
    assert (world.trained.status, world.trained.training_level) == ("training", 0)


def test_inactive_ai_agents_are_deleted_in_bulk(admin, world):
    idle = AIAgentFactory(status="paused", created_at=LONG_AGO)
    body = {"action": "delete_inactive", "filters": {"inactive_days": 30}}
    assert ask(admin, f"{AI}bulk-actions/", method="POST", **body)["data"]["succeeded"] == 1
    assert not AIAgent.objects.filter(pk=idle.pk).exists()
    assert AIAgent.objects.count() == 4


@pytest.mark.parametrize(("action", "status"), [("complete", "completed"), ("cancel", "cancelled")])
def test_callbacks_are_completed_and_cancelled_in_bulk(action, status, admin, world):
    ids = [str(world.late.pk), str(world.coming.pk)]
    data = ask(admin, f"{CALLBACKS}bulk-actions/", method="POST", action=action, ids=ids)["data"]
    assert data["succeeded"] == 2
    assert {Callback.objects.get(pk=pk).status for pk in ids} == {status}
    assert Customer.objects.get(pk=world.john.pk).next_followup is None


def test_callbacks_are_rescheduled_in_bulk_one_after_the_other(admin, world):
    second = CallbackFactory(customer=world.johanna, scheduled_datetime=datetime(2025, 10, 1, 11, tzinfo=UTC))
    body = {"action": "reschedule", "filters": {"overdue": True}, "new_datetime": "2025-10-02T09:00:00Z"}
    data = ask(admin, f"{CALLBACKS}bulk-actions/", method="POST", **body)["data"]
    assert data["succeeded"] == 3
    to = {result["id"]: result["to"] for result in data["results"]}
    assert to[str(world.late.pk)] == to[str(world.hers.pk)] == "2025-10-02T09:00:00Z"
    assert to[str(second.pk)] == "2025-10-02T09:15:00Z"


def test_completed_callbacks_are_deleted_in_bulk(admin, world):
    body = {"action": "delete_completed", "filters": {"status": "completed"}}
    assert ask(admin, f"{CALLBACKS}bulk-actions/", method="POST", **body)["data"]["succeeded"] == 1
    assert not Callback.objects.filter(pk=world.done.pk).exists()
    assert Callback.objects.count() == 3


def test_a_callback_makes_the_customer_who_is_new_and_its_time_is_his_next(admin, world):
    body = {"customer_phone": "+33612345678", "scheduled_datetime": "2025-10-02T15:00:00Z", "reason": "Initial call"}
    made = ask(admin, CALLBACKS, 201, "POST", **body)["callback"]
    customer = Customer.objects.get(agent=world.sarah, phone_number="+33612345678")
    assert made["customer_id"] == str(customer.pk)
    assert customer.next_followup == datetime(2025, 10, 2, 15, tzinfo=UTC)
    ask(admin, f"{CALLBACKS}{made['id']}/", method="DELETE")
    customer.refresh_from_db()
    assert customer.next_followup is None


def test_a_customer_comes_with_his_calls(admin, world):
    body = ask(admin, f"{CUSTOMERS}{world.john.pk}/")
    histories = [value for value in body["customer"].values() if isinstance(value, list)]
    started = [[item.get("started_at") for item in history] for history in histories]
    assert ["2025-09-29T10:00:00Z"] in started


def test_put_replaces_and_patch_merges(admin, world):
    path, info = f"{AI}{world.sarah.pk}/", {"updated_features": ["New AI features", "Better analytics"]}
    patched = ask(admin, path, method="PATCH", business_info=info)["agent"]
    assert patched["business_info"] == {**world.sarah.business_info, **info}
    replaced = ask(admin, path, method="PUT", name="Sarah - Advanced Sales AI", business_info=info)["agent"]
    assert (replaced["business_info"], replaced["status"]) == (info, "active")


@pytest.mark.parametrize("period", ["today", "week", "month", "all"])
def test_statistics_have_the_documented_groups(period, admin, world):
    data = ask(admin, f"{AI}stats/?agent_id={world.sarah.pk}&time_period={period}")["data"]
    assert data.keys() >= STATISTICS
    assert data["agents_overview"]["total"] == 1


WRONG = {
    "a phone number": (CUSTOMERS, {"phone_number": "12"}, 400, "VALIDATION_ERROR", "phone_number"),
    "an e-mail address": (CUSTOMERS, {"phone_number": "+33612345678", "email": "x"}, 400, "VALIDATION_ERROR", "email"),
    "a customer twice": (CUSTOMERS, {"phone_number": "+1234567890"}, 409, "CUSTOMER_EXISTS", "phone_number"),
    "a personality": (AI, {"name": "X", "personality_type": "rude"}, 400, "VALIDATION_ERROR", "personality_type"),
    "no time": (CALLBACKS, {"customer_phone": "+1234567890"}, 400, "VALIDATION_ERROR", "scheduled_datetime"),
    "a bulk action": (f"{AI}bulk-actions/", {"action": "explode", "ids": []}, 400, "VALIDATION_ERROR", "action"),
}
WHEN = {
    "2025-10-01T11:00:00Z": (400, "PAST_DATETIME"),
    "2025-10-02T20:00:00Z": (400, "OUTSIDE_WORKING_HOURS"),
    "2025-10-02T10:10:00Z": (409, "SLOT_TAKEN"),
    "tomorrow": (400, "VALIDATION_ERROR"),
}
TIMES = {
    at: (CALLBACKS, {"customer_phone": "+1234567890", "scheduled_datetime": at}, *told, "scheduled_datetime")
    for at, told in WHEN.items()
}


@pytest.mark.parametrize("what", [*WRONG, *TIMES])
def test_what_cannot_be_is_told_by_field(what, admin, world):
    path, body, status, code, field = {**WRONG, **TIMES}[what]
    before = everything()
    told = ask(admin, path, status, "POST", **body)
    assert differences(ERROR, told, additions=False) == []
    assert told["code"] == code
    assert told["details"][field]
    assert everything() == before
