"""Bulk actions: who may ask for them, for what, and for how much at once."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from agents.models import SLOT, AIAgent, Callback, Customer
from agents.services import bulk
from agents.services.bulk import choosing
from core import tenancy
from core.actor import Actor
from core.outbox.models import OutboxEvent
from tests.agents.bulk import BULK_AGENTS, BULK_CALLBACKS, act, booked, everything, outcomes
from tests.agents.callback_fields import MONDAY, entries, on
from tests.agents.factories import AIAgentFactory, CallbackFactory

pytestmark = pytest.mark.django_db
SOME = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
LATER = "2031-01-01T00:00:00Z"
PATHS = pytest.mark.parametrize("path", [BULK_AGENTS, BULK_CALLBACKS], ids=["agents", "callbacks"])
EACH = pytest.mark.parametrize(
    ("path", "action"),
    [
        *((BULK_AGENTS, action) for action in ("activate", "pause", "reset_training", "delete_inactive")),
        *((BULK_CALLBACKS, action) for action in ("complete", "reschedule", "cancel", "delete_completed")),
    ],
    ids=lambda value: value.strip("/").replace("/", " "),
)
# Field at fault and what it is told, for either kind of object.
EITHER = "Give either this or filters."
PERSONALITIES = "Must be one of: friendly, professional, persuasive, supportive, custom."
AGENT_ACTIONS = "Must be one of: activate, pause, reset_training, delete_inactive."
WRONG = [
    ({}, {"action": ["This field is required."]}),
    ({"ids": [SOME]}, {"action": ["This field is required."]}),
    ({"action": "explode", "ids": [SOME]}, None),
    ({"action": 5, "ids": [SOME]}, None),
    ({"ids": [SOME], "filters": {"status": "active"}}, {"ids": [EITHER]}),
    ({"filters": None}, {"filters": ["This field may not be null."]}),
    ({"filters": []}, {"filters": ["Invalid data. Expected a dictionary, but got list."]}),
    ({"filters": {}}, {"filters": ["Give at least one filter: none would mean everything."]}),
    ({"filters": {"name": "Ann"}}, {"filters.name": ["Unknown field."]}),
    ({"filters": {"status": "asleep"}}, None),
    ({"filters": {"status": ["active"]}}, None),
    ({"ids": []}, {"ids": ["This list may not be empty."]}),
    ({"ids": SOME}, {"ids": ['Expected a list of items but got type "str".']}),
    ({"ids": [SOME, "me"]}, {"ids[1]": ["Must be a UUID, written as text."]}),
    ({"ids": [5]}, {"ids[0]": ["Must be a UUID, written as text."]}),
    ({"ids": [None]}, {"ids[0]": ["Must be a UUID, written as text."]}),
    ({"ids": [[SOME]]}, {"ids[0]": ["Must be a UUID, written as text."]}),
    ({"ids": {"0": SOME}}, {"ids": ['Expected a list of items but got type "dict".']}),
    ({"ids": [SOME], "dry_run": "yes"}, {"dry_run": ["Must be a valid boolean."]}),
    ({"ids": [SOME], "dry_run": 1}, {"dry_run": ["Must be a valid boolean."]}),
    ({"ids": [SOME], "dry_run": None}, {"dry_run": ["This field may not be null."]}),
    ({"ids": [SOME], "force": True}, {"force": ["Unknown field."]}),
]
WRONG_OF_AGENTS = [
    ({"filters": {"training_level_gt": "50"}}, {"filters.training_level_gt": ["A valid integer is required."]}),
    ({"filters": {"training_level_lt": 102}}, None),
    ({"filters": {"inactive_days": -1}}, None),
    ({"filters": {"inactive_days": 10**30}}, None),
    ({"filters": {"personality_type": "grim"}}, {"filters.personality_type": [PERSONALITIES]}),
    ({"filters": {"owner_id": "me"}}, None),
    ({"filters": {"overdue": True}}, {"filters.overdue": ["Unknown field."]}),
    ({"action": "complete"}, {"action": [AGENT_ACTIONS]}),
    ({"ids": [SOME], "new_datetime": LATER}, {"new_datetime": ["Unknown field."]}),
]
WRONG_OF_CALLBACKS = [
    ({"ids": [SOME], "action": "reschedule"}, {"new_datetime": ["Reschedule needs it."]}),
    ({"ids": [SOME], "new_datetime": LATER}, {"new_datetime": ["Only with the action reschedule."]}),
    ({"ids": [SOME], "action": "cancel", "outcome": "x"}, {"outcome": ["Only with the action complete."]}),
    ({"ids": [SOME], "outcome": "x" * 501}, None),
    ({"ids": [SOME], "outcome": 5}, {"outcome": ["Not a valid string."]}),
    ({"ids": [SOME], "action": "reschedule", "new_datetime": "soon"}, None),
    ({"ids": [SOME], "action": "reschedule", "new_datetime": 5}, None),
    ({"ids": [SOME], "action": "reschedule", "new_datetime": None}, None),
    ({"ids": [SOME], "action": "reschedule", "new_datetime": "9999-12-31T23:59:59Z"}, None),
    ({"filters": {"overdue": "true"}}, {"filters.overdue": ["Must be a valid boolean."]}),
    ({"filters": {"today": 1}}, {"filters.today": ["Must be a valid boolean."]}),
    ({"filters": {"priority_level": 6}}, None),
    ({"filters": {"agent_id": 5}}, None),
    ({"filters": {"customer_id": ""}}, None),
    ({"filters": {"date_from": "yesterday"}}, None),
    ({"filters": {"date_from": 20300107}}, None),
    ({"filters": {"date_to": ""}}, None),
    ({"filters": {"date_to": None}}, {"filters.date_to": ["This field may not be null."]}),
    ({"filters": {"date_from": "2030-01-08", "date_to": "2030-01-07"}}, {"filters.date_to": ["Is before date_from."]}),
    ({"filters": {"training_level_gt": 5}}, {"filters.training_level_gt": ["Unknown field."]}),
]


def refused(admin, path, action, body, problems):
    before = everything()
    answer = admin.post(path, body if "action" in body or not body else {"action": action, **body}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR"), answer.content
    details = answer.json()["details"]
    if problems is None:
        [field] = details
        assert field.removeprefix("filters.") in {*body.get("filters", {}), *body}
    else:
        assert {name: details.get(name) for name in problems} == problems
    assert everything() == before


@pytest.fixture
def targets(sarah, in_scope):
    """What a misunderstood request would touch."""
    agent = AIAgentFactory(status="paused", created_at=MONDAY - timedelta(days=9000))
    return {
        "agents": [sarah, agent],
        "callbacks": [booked(sarah, on(7)), booked(sarah, on(10), "completed")],
    }


@PATHS
@pytest.mark.parametrize(("body", "problems"), WRONG, ids=lambda value: str(value)[:70])
def test_what_is_wrong_is_named(admin, targets, path, body, problems):
    action = "pause" if path == BULK_AGENTS else "complete"
    if "filters" in body and body["filters"] == {"status": "active"}:
        body = body | {"filters": {"status": "active" if path == BULK_AGENTS else "scheduled"}}
    if "action" not in body and problems and "action" in problems:
        answer = admin.post(path, body, format="json")
        assert (answer.status_code, answer.json()["details"]) == (400, problems)
    else:
        refused(admin, path, action, body, problems)


@pytest.mark.parametrize(("body", "problems"), WRONG_OF_AGENTS, ids=lambda value: str(value)[:70])
def test_what_is_wrong_about_agents_is_named(admin, targets, body, problems):
    refused(admin, BULK_AGENTS, "pause", body, problems)


@pytest.mark.parametrize(("body", "problems"), WRONG_OF_CALLBACKS, ids=lambda value: str(value)[:70])
def test_what_is_wrong_about_callbacks_is_named(admin, targets, body, problems):
    refused(admin, BULK_CALLBACKS, "complete", body, problems)


@EACH
@pytest.mark.parametrize("role", ["client", "caretaker"])
def test_only_admins_may(request, targets, role, path, action):
    caller = request.getfixturevalue(role)
    before = everything()
    kind = "agents" if path == BULK_AGENTS else "callbacks"
    for body in ({"action": action, "ids": [str(one.pk) for one in targets[kind]]}, {"nonsense": 1}):
        answer = caller.post(path, body, format="json")
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert everything() == before


@PATHS
def test_nobody_may_without_a_login(http, targets, path):
    before = everything()
    answer = http.post(path, {"action": "pause", "ids": [SOME]}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (401, "NOT_AUTHENTICATED")
    assert everything() == before


@EACH
def test_another_organizations_objects_are_as_none_at_all(stranger, targets, path, action):
    before = everything()
    objects = targets["agents" if path == BULK_AGENTS else "callbacks"]
    ids = [str(objects[0].pk), SOME, str(objects[1].pk)]
    body = {"new_datetime": LATER} if action == "reschedule" else {}
    data = act(stranger, action, path=path, ids=ids, **body)
    assert outcomes(data) == [(pk, "failed", "NOT_FOUND") for pk in ids]
    assert (data["matched"], data["failed"]) == (0, 3)
    assert len({one["error"] for one in data["results"]}) == 1
    filters = {"training_level_gt": -1} if path == BULK_AGENTS else {"date_from": "2000-01-01"}
    assert act(stranger, action, path=path, filters=filters, **body)["results"] == []
    assert everything() == before


@EACH
def test_filters_reach_no_other_organization(admin, their_agent, theirs, path, action):
    AIAgent.unscoped.filter(pk=their_agent.pk).update(created_at=MONDAY - timedelta(days=9000), status="paused")
    with tenancy.scope(theirs.organization.pk):
        booked(their_agent, on(7), "completed"), booked(their_agent, on(7, day=-9000))
    before = everything()
    body = {"new_datetime": LATER} if action == "reschedule" else {}
    filters = {"training_level_gt": -1} if path == BULK_AGENTS else {"agent_id": str(their_agent.pk)}
    assert act(admin, action, path=path, filters=filters, **body)["results"] == []
    assert everything() == before


@PATHS
def test_more_than_ten_thousand_ids_are_too_many(admin, path):
    ids = [str(UUID(int=number)) for number in range(10_001)]
    answer = admin.post(path, {"action": "pause" if path == BULK_AGENTS else "cancel", "ids": ids}, format="json")
    assert answer.status_code == 400
    assert answer.json()["details"] == {"ids": ["Ensure this field has no more than 10000 elements."]}


@PATHS
def test_ten_thousand_ids_are_not(admin, path):
    ids = [str(UUID(int=number)) for number in range(10_000)]
    data = act(admin, "pause" if path == BULK_AGENTS else "cancel", path=path, ids=ids)
    assert (data["matched"], data["failed"]) == (0, 10_000)
    assert [one["id"] for one in data["results"]] == ids


@EACH
def test_filters_that_match_too_many_touch_none(admin, targets, path, action, monkeypatch):
    monkeypatch.setattr(choosing, "MOST", 1)
    before = everything()
    filters = {"training_level_gt": -1} if path == BULK_AGENTS else {"date_from": "2000-01-01"}
    body = {"new_datetime": LATER} if action == "reschedule" else {}
    answer = admin.post(path, {"action": action, "filters": filters, **body}, format="json")
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "error": "2 match, and 1 are the most for one request. Narrow the filters.",
            "code": "TOO_MANY_MATCHES",
            "details": {},
        },
    )
    assert everything() == before


def test_ten_thousand_callbacks_are_completed_with_an_entry_each(admin, sarah, in_scope):
    customers = Customer.objects.bulk_create(
        Customer(agent=sarah, phone_number=f"+336{number:08}", next_followup=on(0)) for number in range(10_000)
    )
    callbacks = Callback.objects.bulk_create(
        Callback(agent=sarah, customer=one, scheduled_datetime=at, ends_at=at + SLOT)
        for number, one in enumerate(customers)
        for at in [on(0) + SLOT * number]
    )
    with connection.cursor() as cursor:  # or a plan for the few customers of earlier tests would look for each of these
        cursor.execute("ANALYZE agents_customer")
    data = act(admin, "complete", ids=callbacks)
    assert (data["matched"], data["succeeded"]) == (10_000, 10_000)
    assert [one["id"] for one in data["results"]] == [str(callback.pk) for callback in callbacks]
    assert Callback.objects.filter(status="completed", completed_at__isnull=False).count() == 10_000
    assert Customer.objects.filter(next_followup=None).count() == 10_000
    recorded = OutboxEvent.objects.filter(topic="audit.entry", payload__changes__status=["scheduled", "completed"])
    assert recorded.values("payload__resource_id").distinct().count() == 10_000


def test_a_repeated_request_is_done_once(admin, sarah):
    callback = CallbackFactory(customer__agent=sarah)
    body = {"action": "complete", "ids": [str(callback.pk)]}
    first, second = (
        admin.post(BULK_CALLBACKS, body, format="json", headers={"Idempotency-Key": "end-of-day"}) for _ in range(2)
    )
    assert first.json() == second.json()
    assert first.json()["data"]["succeeded"] == 1
    assert second["Idempotent-Replayed"] == "true"
    assert [pk for _, pk, _ in entries()] == [str(callback.pk)]
    other = admin.post(
        BULK_CALLBACKS, {**body, "action": "cancel"}, format="json", headers={"Idempotency-Key": "end-of-day"}
    )
    assert (other.status_code, other.json()["code"]) == (409, "IDEMPOTENCY_KEY_REUSED")


@PATHS
def test_the_trailing_slash_may_be_missing_and_no_other_verb_is_taken(admin, path):
    body = {"action": "pause" if path == BULK_AGENTS else "cancel", "ids": [str(uuid4())]}
    assert admin.post(path.rstrip("/"), body, format="json").status_code == 200
    for verb in ("get", "put", "patch", "delete"):
        assert getattr(admin, verb)(path).status_code == 405


def test_the_systems_own_work_sees_all_of_the_organization(sarah, ours):
    callback = CallbackFactory(customer__agent=sarah)
    system = Actor(kind="system", organization_id=ours.organization.pk)
    result = bulk.complete_callbacks(choice=bulk.Choice(ids=[callback.pk]), by=system)
    assert result.count("done") == 1


def test_somebody_who_sees_less_is_not_told_of_the_rest(sarah, ours, in_scope):
    """The API lets admins in only; the services heed what others see all the same."""
    callback, hidden = CallbackFactory(customer__agent=sarah), CallbackFactory()
    client = Actor(kind="user", organization_id=ours.organization.pk, user_id=ours.client.pk, role="client")
    result = bulk.cancel_callbacks(choice=bulk.Choice(ids=[hidden.pk, callback.pk]), by=client)
    assert [one.result for one in result.results] == ["failed", "done"]
    hidden.refresh_from_db()
    assert hidden.status == "scheduled"
