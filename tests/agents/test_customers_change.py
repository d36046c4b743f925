"""PUT, PATCH and DELETE /api/agents/ai/customers/{id}/."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils.timezone import now

from agents.models import Call, Callback, Customer
from agents.services.counters import recount
from agents.services.followups import renew_followups
from tests.agents.conftest import CUSTOMERS
from tests.agents.factories import CallbackFactory, CallFactory, CustomerFactory
from tests.agents.hearing import heard
from tests.agents.recorded import assert_counters_equal_rows, entries

pytestmark = pytest.mark.django_db

NEXT_WEEK = datetime(2030, 1, 14, 10, tzinfo=UTC)


@pytest.fixture
def john(sarah) -> Customer:
    return CustomerFactory(
        agent=sarah,
        phone_number="+33612345678",
        name="John",
        email="john@example.com",
        interest_level="warm",
        call_preference_time="evening",
        communication_style="brief",
        preferences={"language": "English", "budget": {"least": 1, "most": 5}},
        notes="He likes trains",
    )


def patch(caller, customer, **body):
    return caller.patch(f"{CUSTOMERS}{customer.pk}/", body, format="json")


def put(caller, customer, **body):
    return caller.put(f"{CUSTOMERS}{customer.pk}/", body, format="json")


def as_stored(customer) -> Customer:
    return Customer.unscoped.get(pk=customer.pk)


def changed(customer) -> dict:
    """What is another than it was, of what a caller may say."""
    stored = as_stored(customer)
    names = ["phone_number", "name", "email", "interest_level", "call_preference_time", "communication_style"]
    names += ["preferences", "notes", "do_not_call", "converted_at", "updated_at", "agent_id"]
    return {name: getattr(stored, name) for name in names if getattr(stored, name) != getattr(customer, name)}


def test_what_is_given_changes_and_the_rest_stays(client, john):
    answer = patch(client, john, name="Johnny", notes="")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["message"], body["data"]) == ("Customer updated successfully", body["customer"])
    assert (body["customer"]["name"], body["customer"]["notes"]) == ("Johnny", "")
    told = changed(john)
    assert told.pop("updated_at") > john.updated_at
    assert told == {"name": "Johnny", "notes": ""}
    [entry] = entries()
    assert (entry["action"], entry["resource_id"]) == ("update", str(john.pk))
    assert entry["changes"] == {"name": ["John", "Johnny"], "notes": ["He likes trains", ""]}


def test_preferences_merge_and_null_takes_away(client, john):
    patch(client, john, preferences={"budget": {"most": 9, "least": None}, "language": None, "timeline": "3 months"})
    assert as_stored(john).preferences == {"budget": {"most": 9}, "timeline": "3 months"}


def test_preferences_that_would_grow_too_large_stay(client, john):
    for half in ("a", "b"):
        answer = patch(client, john, preferences={half: "x" * 11_000})
    assert (answer.status_code, list(answer.json()["details"])) == (400, ["preferences"])
    assert "b" not in as_stored(john).preferences


def test_what_is_said_again_changes_nothing_and_is_not_recorded(client, john, django_capture_on_commit_callbacks):
    read = client.get(f"{CUSTOMERS}{john.pk}/").json()["customer"]
    with django_capture_on_commit_callbacks() as callbacks:
        for body in ({}, read, {"phone_number": "+33 6 12 34 56 78", "preferences": {"language": "English"}}):
            assert patch(client, john, **body).status_code == 200
        assert put(client, john, **read).status_code == 200
    assert changed(john) == {}
    assert entries() == []
    assert heard(callbacks) == []


def test_a_replacement_sets_the_rest_to_its_defaults_and_leaves_how_he_stands(client, john):
    Customer.objects.filter(pk=john.pk).update(do_not_call=True, interest_level="hot")
    assert put(client, john, phone_number="+33 6 00 00 00 00", preferences={"a": 1}).status_code == 200
    stored = as_stored(john)
    assert (stored.phone_number, stored.preferences) == ("+33600000000", {"a": 1})
    assert (stored.name, stored.email, stored.communication_style, stored.notes) == ("", "", "", "")
    assert (stored.call_preference_time, stored.do_not_call, stored.interest_level) == ("anytime", True, "hot")


def test_a_replacement_needs_the_number(client, john):
    answer = put(client, john, name="Johnny")
    assert (answer.status_code, answer.json()["details"]) == (400, {"phone_number": ["This field is required."]})
    assert changed(john) == {}


def test_the_number_of_another_customer_of_the_agent_is_taken(client, john, sarah):
    CustomerFactory(agent=sarah, phone_number="+33600000000")
    CustomerFactory(phone_number="+33600000001")
    answer = patch(client, john, phone_number="+33 6 00 00 00 00", name="Johnny", interest_level="converted")
    assert (answer.status_code, answer.json()["code"]) == (409, "CUSTOMER_EXISTS")
    assert list(answer.json()["details"]) == ["phone_number"]
    assert changed(john) == {}
    assert entries() == []
    assert_counters_equal_rows()
    assert patch(client, john, phone_number="+33 6 00 00 00 01").status_code == 200


def test_whose_he_is_stays(client, john):
    answer = patch(client, john, agent_id=str(uuid4()), name="Johnny")
    assert (answer.status_code, answer.json()["details"]) == (400, {"agent_id": ["Cannot be changed."]})
    assert changed(john) == {}
    assert patch(client, john, agent_id=str(john.agent_id), name="Johnny").status_code == 200


@pytest.mark.parametrize("field", ["phone_number", "name", "preferences", "do_not_call", "interest_level", "surprise"])
def test_null_is_nothing_that_one_can_say(client, john, field):
    answer = patch(client, john, **{field: None})
    assert (answer.status_code, list(answer.json()["details"])) == (400, [field])
    assert changed(john) == {}


def test_interest_makes_converts_and_takes_them_back_and_the_agent_counts_them(client, john, sarah, time_machine):
    first = now().replace(microsecond=0) + timedelta(minutes=1)
    time_machine.move_to(first, tick=False)
    customer = patch(client, john, interest_level="converted", notes="Premium").json()["customer"]
    assert (customer["converted"], customer["converted_at"]) == (True, f"{first:%Y-%m-%dT%H:%M:%SZ}")
    sarah.refresh_from_db()
    assert sarah.conversions == 1
    time_machine.move_to(first + timedelta(minutes=1), tick=False)
    again = patch(client, john, interest_level="converted", notes="Again").json()["customer"]
    assert (again["converted_at"], again["notes"]) == (customer["converted_at"], "Again")
    assert_counters_equal_rows()
    customer = patch(client, john, interest_level="hot").json()["customer"]
    assert (customer["converted"], customer["converted_at"]) == (False, None)
    sarah.refresh_from_db()
    assert sarah.conversions == 0


def test_whoever_is_not_to_be_called_has_no_callbacks_that_wait(
    client, ours, john, sarah, django_capture_on_commit_callbacks
):
    waiting = CallbackFactory(customer=john, scheduled_datetime=NEXT_WEEK)
    moved = CallbackFactory(customer=john, scheduled_datetime=NEXT_WEEK.replace(day=15), status="rescheduled")
    begun = CallbackFactory(customer=john, scheduled_datetime=NEXT_WEEK.replace(day=16), status="in_progress")
    done = CallbackFactory(customer=john, scheduled_datetime=NEXT_WEEK.replace(day=17), status="completed")
    anothers = CallbackFactory(agent=sarah, customer=CustomerFactory(agent=sarah))
    renew_followups([john.pk, anothers.customer_id])
    with django_capture_on_commit_callbacks() as callbacks:
        customer = patch(client, john, do_not_call=True).json()["customer"]
    assert (customer["do_not_call"], customer["next_followup"]) == (True, "2030-01-16T10:00:00Z")
    statuses = dict(Callback.objects.values_list("pk", "status"))
    cancelled = {waiting.pk, moved.pk}
    assert statuses == {
        **dict.fromkeys(cancelled, "cancelled"),
        begun.pk: "in_progress",
        done.pk: "completed",
        anothers.pk: "scheduled",
    }
    assert Callback.objects.filter(cancelled_at__isnull=False).count() == 2
    assert_counters_equal_rows()
    of_callbacks = entries("callback")
    assert {entry["resource_id"] for entry in of_callbacks} == set(map(str, cancelled))
    assert [entry["changes"]["status"][1] for entry in of_callbacks] == ["cancelled", "cancelled"]
    [of_customer] = entries("customer")
    assert of_customer["changes"] == {"do_not_call": [False, True]}
    events = heard(callbacks)
    assert [event.name for event in events] == ["callback.cancelled", "callback.cancelled", "customer.updated"]
    assert all(event.audience == {f"client:{ours.client.pk}", f"agent:{ours.agent.pk}"} for event in events)
    assert events[-1].data == customer


def test_whoever_may_be_called_again_has_none_back(client, john):
    CallbackFactory(customer=john, scheduled_datetime=NEXT_WEEK)
    renew_followups([john.pk])
    for refuses in (True, False):
        patch(client, john, do_not_call=refuses)
    assert Callback.objects.get().status == "cancelled"
    assert as_stored(john).do_not_call is False
    assert_counters_equal_rows()


def test_a_deletion_takes_calls_and_callbacks_along_and_the_agent_counts_again(
    client, ours, john, sarah, django_capture_on_commit_callbacks
):
    other = CustomerFactory(agent=sarah)
    callback = CallbackFactory(customer=john)
    CallFactory(customer=john, callback=callback, started_at=datetime(2026, 3, 1, tzinfo=UTC))
    CallFactory(customer=john, status="busy")
    CallFactory(customer=other, started_at=datetime(2026, 2, 1, tzinfo=UTC))
    kept = CallbackFactory(customer=other, scheduled_datetime=NEXT_WEEK)
    patch(client, john, interest_level="converted")
    patch(client, other, interest_level="converted")
    sarah.refresh_from_db()
    recount(sarah)
    Customer.objects.filter(pk=other.pk).update(total_calls=1, last_call_at=datetime(2026, 2, 1, tzinfo=UTC))
    renew_followups([other.pk])
    shown = client.get(CUSTOMERS, {"phone_number": "+33612345678"}).json()["items"][0]
    told = len(entries())
    with django_capture_on_commit_callbacks() as callbacks:
        answer = client.delete(f"{CUSTOMERS}{john.pk}/")
    assert answer.status_code == 200
    assert answer.json()["message"] == "Customer deleted successfully, with 2 calls and 1 callback"
    assert answer.json()["customer"] == answer.json()["data"] == shown
    assert list(Customer.objects.all()) == [other]
    assert list(Callback.objects.all()) == [kept]
    assert [call.customer for call in Call.objects.all()] == [other]
    sarah.refresh_from_db()
    assert (sarah.total_calls, sarah.successful_calls, sarah.conversions) == (1, 1, 1)
    assert sarah.last_call_at == datetime(2026, 2, 1, tzinfo=UTC)
    assert_counters_equal_rows()
    [entry] = entries()[told:]
    assert (entry["action"], entry["resource_id"]) == ("delete", str(john.pk))
    assert (entry["changes"]["calls"], entry["changes"]["callbacks"]) == ([2, 0], [1, 0])
    assert entry["changes"]["phone_number"] == ["+33612345678", None]
    assert heard(callbacks) == [("customer.deleted", shown, {f"client:{ours.client.pk}", f"agent:{ours.agent.pk}"})]


def test_whoever_is_talked_to_is_not_deleted(client, john, sarah):
    CallFactory(customer=john, status="in_progress")
    Customer.objects.filter(pk=john.pk).update(total_calls=1)
    answer = client.delete(f"{CUSTOMERS}{john.pk}/")
    assert answer.status_code == 409
    assert answer.json() == {
        "error": "A call is in progress. End it first.",
        "code": "CALL_IN_PROGRESS",
        "details": {},
    }
    assert (Customer.objects.count(), Call.objects.count()) == (1, 1)
    assert entries() == []


def test_whom_one_does_not_see_one_neither_changes_nor_deletes(outsider, stranger, john):
    for caller in (outsider, stranger):
        answers = [
            caller.get(f"{CUSTOMERS}{john.pk}/"),
            patch(caller, john, name="Johnny"),
            put(caller, john, phone_number="+33600000000"),
            caller.delete(f"{CUSTOMERS}{john.pk}/"),
        ]
        for answer in answers:
            assert answer.status_code == 404
            assert answer.json() == {"error": "Customer not found.", "code": "NOT_FOUND", "details": {}}
    assert changed(john) == {}
    assert entries() == []


def test_whoever_looks_after_the_agent_changes_and_does_not_delete(caretaker, john):
    assert patch(caretaker, john, name="Johnny").status_code == 200
    assert put(caretaker, john, phone_number="+33612345678", name="Jo").status_code == 200
    answer = caretaker.delete(f"{CUSTOMERS}{john.pk}/")
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert as_stored(john).name == "Jo"


def test_they_cost_so_many_queries(client, john, counted):
    client.get(CUSTOMERS)  # who is calling is known from now on
    with counted("PATCH customers"):
        patch(client, john, interest_level="converted", preferences={"a": 1})
    for nr in range(3):
        CallbackFactory(customer=john, scheduled_datetime=NEXT_WEEK.replace(day=nr + 1))
    with counted("PATCH customers, do not call"):
        patch(client, john, do_not_call=True)
    for _ in range(3):
        CallFactory(customer=john)
    with counted("DELETE customers"):
        client.delete(f"{CUSTOMERS}{john.pk}/")
