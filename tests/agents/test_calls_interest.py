"""POST /api/agents/ai/calls/ of a call that has ended: what comes of it for the customer."""

from datetime import UTC, datetime

import pytest
from django.utils.timezone import now

from agents.models import Callback
from agents.services.followups import renew_followups
from tests.agents.calling import YESTERDAY, of, record
from tests.agents.factories import CallbackFactory
from tests.agents.recorded import assert_counters_equal_rows, entries

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("was", "said", "becomes"),
    [
        ("cold", {"outcome": "interested"}, "warm"),
        ("warm", {"outcome": "interested"}, "hot"),
        ("hot", {"outcome": "interested"}, "hot"),
        ("converted", {"outcome": "interested"}, "converted"),
        ("hot", {"outcome": "not_interested"}, "cold"),
        ("converted", {"outcome": "not_interested"}, "converted"),
        ("cold", {"outcome": "converted"}, "converted"),
        ("converted", {"outcome": "converted"}, "converted"),
        ("warm", {"outcome": "callback_requested"}, "warm"),
        ("warm", {"outcome": "other"}, "warm"),
        ("warm", {"outcome": "do_not_call"}, "warm"),
        ("warm", {}, "warm"),
        ("warm", {"status": "no_answer"}, "warm"),
        ("cold", {"outcome": "interested", "interest_level": "hot"}, "hot"),
        ("hot", {"outcome": "converted", "interest_level": "cold"}, "cold"),
        ("converted", {"interest_level": "warm"}, "warm"),
        ("cold", {"interest_level": "converted"}, "converted"),
    ],
    ids=str,
)
def test_interest_follows_from_what_was_said_first_and_then_from_the_outcome(client, sarah, john, was, said, becomes):
    client.patch(f"/api/agents/ai/customers/{john.pk}", {"interest_level": was}, format="json")
    told = len(entries())
    record(client, **of(john, started_at=YESTERDAY, **said))
    john.refresh_from_db()
    assert john.interest_level == becomes
    assert_counters_equal_rows()
    changes = [entry["changes"] for entry in entries("customer")][0 if was == "cold" else 1 :]
    assert changes == ([] if was == becomes and "do_not_call" not in said.values() else [said_of(was, becomes, said)])
    assert len(entries()) == told + 1 + len(changes)
    if becomes == "converted" != was:
        assert john.converted_at == datetime(2024, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        ({"outcome": "not_interested"}, "hot"),
        ({"outcome": "other", "interest_level": "cold"}, "hot"),
        ({"outcome": "converted"}, "converted"),
    ],
    ids=str,
)
def test_a_call_that_is_taken_down_after_a_later_one_only_converts(client, sarah, john, said, becomes):
    record(client, **of(john, outcome="other", interest_level="hot", started_at="2024-03-02T10:00:00Z"))
    record(client, **of(john, started_at=YESTERDAY, **said))
    john.refresh_from_db()
    assert john.interest_level == becomes
    assert_counters_equal_rows()


def said_of(was: str, becomes: str, said: dict) -> dict:
    return {"do_not_call": [False, True]} if "do_not_call" in said.values() else {"interest_level": [was, becomes]}


def test_whoever_asks_not_to_be_called_has_no_callbacks_any_more(client, sarah, john):
    CallbackFactory(customer=john)
    renew_followups([john.pk])
    before = now()
    record(client, **of(john, outcome="do_not_call", started_at="2024-03-02T10:00:00Z"))
    john.refresh_from_db()
    assert (john.do_not_call, john.next_followup) == (True, None)
    cancelled = Callback.objects.get()
    assert cancelled.status == "cancelled"
    assert before <= cancelled.cancelled_at <= cancelled.updated_at  # not when the call was
    assert_counters_equal_rows()


def test_an_older_call_is_not_the_last_one(client, sarah, john):
    record(client, **of(john, started_at="2024-03-02T10:00:00Z"))
    record(client, **of(john, started_at="2024-03-01T10:00:00Z", status="busy"))
    john.refresh_from_db()
    assert john.last_call_at == datetime(2024, 3, 2, 10, tzinfo=UTC)
    sarah.refresh_from_db()
    assert (sarah.total_calls, sarah.successful_calls) == (2, 1)
    assert_counters_equal_rows()
