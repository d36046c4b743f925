"""What many do with the same customers at the same moment: nothing is counted twice, and nothing is forgotten."""

from datetime import UTC, datetime
from functools import partial

import pytest
from rest_framework.test import APIClient

from agents.models import AIAgent, Call, Callback, Customer
from agents.services.followups import renew_followups
from core import tenancy
from tests.agents.conftest import CALLBACKS, CALLS, CUSTOMERS
from tests.agents.factories import CallbackFactory, CallFactory, CustomerFactory
from tests.agents.recorded import assert_counters_equal_rows, entries
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ask(client):
    """`ask("post", path, body, into=statuses)` by the client, on a connection of its own.

    Whoever waits too long for others is told to try again, and does.
    """
    token = client.get("/api/v1/auth/me/").wsgi_request.headers["Authorization"]

    def ask(verb: str, path: str, body: dict | None = None, *, into: list[int]) -> None:
        one = APIClient(headers={"Authorization": token})
        answer = getattr(one, verb)(path, body or {}, format="json")
        while answer.status_code == 503 and "Retry-After" in answer:
            answer = getattr(one, verb)(path, body or {}, format="json")
        into.append(answer.status_code)

    return ask


@pytest.fixture
def answers() -> list[int]:
    return []


def test_a_hundred_calls_at_once_are_a_hundred(ask, answers, sarah):
    customers = [CustomerFactory(agent=sarah) for _ in range(10)]
    works = []
    for nr in range(100):
        said = {"outcome": "converted"} if nr % 4 == 0 else {"status": "busy"} if nr % 4 == 1 else {}
        body = {"customer_id": str(customers[nr % 10].pk), **said}
        works.append(partial(ask, "post", CALLS, body, into=answers))
    at_once(works)
    assert answers == [201] * 100
    sarah.refresh_from_db()
    assert (sarah.total_calls, sarah.successful_calls) == (100, 75)
    assert sorted(Customer.objects.values_list("total_calls", flat=True)) == [10] * 10
    assert sarah.conversions == Customer.objects.filter(interest_level="converted").count() > 0
    assert_counters_equal_rows()
    assert len(entries("call")) == 100


def test_calls_of_a_new_number_make_one_customer(ask, answers, sarah):
    body = {"customer_phone": "+33612345678", "outcome": "interested"}
    at_once([partial(ask, "post", CALLS, body, into=answers)] * 12)
    assert answers == [201] * 12
    customer = Customer.objects.get()
    assert (customer.total_calls, customer.interest_level) == (12, "hot")
    assert_counters_equal_rows()


def test_of_many_who_write_the_same_number_down_one_does(ask, answers, sarah):
    body = {"phone_number": "+33612345678", "interest_level": "converted"}
    call = {"customer_phone": "+33 6 12 34 56 78"}
    at_once(
        [partial(ask, "post", CUSTOMERS, body, into=answers)] * 8 + [partial(ask, "post", CALLS, call, into=[])] * 4
    )
    assert Customer.objects.count() == 1
    # Where a call came first, nobody did.
    assert sorted(answers)[1:] == [409] * 7
    assert_counters_equal_rows()


def test_two_customers_do_not_get_the_same_number(ask, answers, sarah):
    works = [
        partial(
            ask,
            "patch",
            f"{CUSTOMERS}{CustomerFactory(agent=sarah).pk}/",
            {"phone_number": "+1234567890"},
            into=answers,
        )
        for _ in range(6)
    ]
    at_once(works)
    assert sorted(answers) == [200] + [409] * 5
    assert Customer.objects.filter(phone_number="+1234567890").count() == 1


def test_a_convert_is_counted_once_whoever_says_it(ask, answers, sarah):
    john = CustomerFactory(agent=sarah)
    call = CallFactory(customer=john, status="in_progress")
    AIAgent.objects.update(total_calls=1, last_call_at=call.started_at)
    Customer.objects.update(total_calls=1, last_call_at=call.started_at)
    path = f"{CUSTOMERS}{john.pk}/"
    at_once(
        [
            *[partial(ask, "patch", path, {"interest_level": "converted"}, into=answers)] * 4,
            *[partial(ask, "patch", f"{CALLS}{call.pk}/", {"status": "completed", "outcome": "converted"}, into=[])]
            * 2,
            *[partial(ask, "post", CALLS, {"customer_id": str(john.pk), "outcome": "converted"}, into=answers)] * 4,
        ]
    )
    assert sorted(answers) == [200] * 4 + [201] * 4
    sarah.refresh_from_db()
    assert (sarah.conversions, sarah.total_calls, sarah.successful_calls) == (1, 5, 5)
    assert_counters_equal_rows()


def test_a_call_ends_once(ask, answers, sarah):
    john = CustomerFactory(agent=sarah)
    call = CallFactory(customer=john, status="in_progress")
    AIAgent.objects.update(total_calls=1, last_call_at=call.started_at)
    Customer.objects.update(total_calls=1, last_call_at=call.started_at)
    works = [
        partial(ask, "patch", f"{CALLS}{call.pk}/", {"status": "completed", "duration_seconds": nr}, into=answers)
        for nr in range(1, 7)
    ]
    at_once(works)
    assert sorted(answers) == [200] + [409] * 5
    assert_counters_equal_rows()


def test_of_two_who_begin_to_call_about_a_callback_one_does(ask, answers, sarah):
    john = CustomerFactory(agent=sarah)
    callback = CallbackFactory(customer=john)
    renew_followups([john.pk])
    body = {"customer_id": str(john.pk), "callback_id": str(callback.pk), "status": "in_progress"}
    at_once([partial(ask, "post", CALLS, body, into=answers)] * 6)
    assert sorted(answers) == [201] + [409] * 5
    assert_counters_equal_rows()


def test_the_last_call_of_a_day_is_one(ask, answers, sarah):
    john = CustomerFactory(agent=sarah)
    AIAgent.objects.update(max_daily_calls=3)
    body = {"customer_id": str(john.pk), "status": "in_progress"}
    at_once([partial(ask, "post", CALLS, body, into=answers)] * 8)
    assert sorted(answers) == [201] * 3 + [409] * 5
    assert Call.objects.count() == 3
    assert_counters_equal_rows()


def test_deleting_calling_scheduling_and_refusing_calls_wait_for_each_other_in_a_line(ask, answers, sarah, ours):
    customers = [CustomerFactory(agent=sarah, phone_number=f"+3361234567{nr}") for nr in range(4)]
    works = []
    for nr, customer in enumerate(customers):
        when = datetime(2030, 1, 7, 10 + nr, tzinfo=UTC).isoformat()
        works += [
            partial(ask, "delete", f"{CUSTOMERS}{customer.pk}/", into=answers),
            partial(ask, "patch", f"{CUSTOMERS}{customer.pk}/", {"do_not_call": True}, into=answers),
            partial(ask, "post", CALLS, {"customer_phone": customer.phone_number}, into=answers),
            partial(ask, "post", CALLS, {"customer_id": str(customer.pk), "outcome": "converted"}, into=answers),
            partial(
                ask,
                "post",
                CALLBACKS,
                {"customer_phone": customer.phone_number, "scheduled_datetime": when},
                into=answers,
            ),
        ]
    at_once(works)
    assert set(answers) <= {200, 201, 404, 409}
    assert len(answers) == 20
    assert_counters_equal_rows()
    with tenancy.scope(ours.organization.pk):
        refused = Callback.objects.filter(customer__do_not_call=True, status__in=["scheduled", "rescheduled"])
        assert not refused.exists()
