"""The demonstration's AI agents: what is stored of them follows from their customers, callbacks and calls."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db.models import Max, Min, Q
from django.utils import timezone

from accounts.models import User
from agents.models import OPEN, WAITING, AIAgent, Call, Callback, Customer
from core import tenancy
from demo.agents import seed_agents
from demo.data import AGENTS, DEMO, OTHER
from tests.conftest import make_company

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
MOMENTS = [datetime(2026, 3, 27, 22, 30, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC)]


def seed(slug: str = DEMO.slug, number: int = 1) -> None:
    seed_agents(AGENTS[slug], creator=f"admin@{slug}.test", seed=number)


@pytest.fixture(params=MOMENTS, ids=str)
def seeded(request, in_scope):
    """Demo's AI agents, seeded at this moment: before the clocks change, and on a Monday in winter."""
    with time_machine.travel(request.param, tick=False):
        seed()
        yield in_scope


def test_the_client_has_none_yet_and_the_agent_looks_after_one(seeded, ours):
    assert not AIAgent.objects.exclude(owner=None).exists()
    assert AIAgent.objects.count() == 2
    assert [agent.name for agent in AIAgent.objects.filter(assigned_to=ours.agent)] == ["Camille"]
    assert {agent.created_by_id for agent in AIAgent.objects.all()} == {ours.admin.pk}


def test_the_document_finds_an_agent_to_activate(seeded):
    assert AIAgent.objects.filter(status="training", training_level__gt=50).count() == 1
    assert AIAgent.objects.filter(status="active", training_level__gte=20).count() == 1


def test_what_is_stored_of_an_agent_follows_from_the_rows(seeded):
    for agent in AIAgent.objects.all():
        last_call_at = agent.calls.aggregate(Max("started_at"))["started_at__max"]
        counted = agent.calls.count(), agent.calls.filter(status="completed").count()
        assert (agent.total_calls, agent.successful_calls) == counted
        assert agent.conversions == agent.customers.filter(interest_level="converted").count()
        assert agent.last_call_at == last_call_at
    assert min(agent.conversions for agent in AIAgent.objects.all()) > 0


def test_what_is_stored_of_a_customer_follows_from_the_rows(seeded):
    assert Customer.objects.count() == 40
    for customer in Customer.objects.all():
        calls = customer.calls.aggregate(last=Max("started_at"))
        waiting = customer.callbacks.filter(status__in=OPEN).aggregate(next=Min("scheduled_datetime"))
        assert (customer.total_calls, customer.last_call_at) == (customer.calls.count(), calls["last"])
        assert customer.next_followup == waiting["next"]
        told = customer.calls.filter(status="completed").order_by("started_at").last()
        assert customer.interest_level == (told.interest_level if told else "cold")
        assert customer.do_not_call == (told is not None and told.outcome == "do_not_call")
        assert all(row.agent_id == customer.agent_id for row in (*customer.calls.all(), *customer.callbacks.all()))


def test_calls_are_of_the_last_six_weeks_in_working_hours_and_one_at_a_time(seeded):
    calls = list(Call.objects.order_by("started_at"))
    assert len(calls) > 80
    assert timezone.now() - timedelta(days=43) < calls[0].started_at
    assert calls[-1].ended_at < timezone.now()
    assert calls[-1].started_at - calls[0].started_at > timedelta(days=35)
    assert {call.status for call in calls} == {"completed", "no_answer", "busy", "failed"}
    for call in calls:
        at = call.started_at.astimezone(PARIS)
        assert (9 <= at.hour < 18, at.weekday() < 5) == (True, True)
        assert call.ended_at == call.started_at + timedelta(seconds=call.duration_seconds)
        assert bool(call.outcome) == (call.status == "completed")
    assert len({(call.agent_id, call.started_at) for call in calls}) == len(calls)


def test_callbacks_are_open_in_the_coming_days_and_only_of_who_may_be_called(seeded):
    to_come = Callback.objects.filter(scheduled_datetime__gt=timezone.now())
    assert to_come.count() > 10
    assert {callback.status for callback in to_come} == set(WAITING)
    assert to_come.latest("scheduled_datetime").scheduled_datetime < timezone.now() + timedelta(days=9)
    closed = Q(customer__do_not_call=True) | Q(customer__interest_level="converted")
    assert not Callback.objects.filter(closed, status__in=OPEN).exists()
    for callback in Callback.objects.filter(status__in=OPEN):
        at = callback.scheduled_datetime.astimezone(PARIS)
        assert (9 <= at.hour < 18, at.weekday() < 5, at.minute % 15) == (True, True, 0)


def test_two_callbacks_were_missed_by_the_agent_that_is_in_training(seeded):
    late = Callback.objects.filter(status__in=WAITING, scheduled_datetime__lt=timezone.now())
    assert [callback.agent.name for callback in late] == ["Hugo", "Hugo"]
    assert all(callback.overdue_at == callback.ends_at < timezone.now() for callback in late)


def test_callbacks_that_were_kept_tell_by_which_call(seeded):
    kept = Callback.objects.filter(status="completed")
    assert kept.count() > 5
    for callback in kept:
        call = callback.calls.get()
        assert (call.started_at, call.ended_at) == (callback.started_at, callback.completed_at)
        assert (call.status, call.customer_id) == ("completed", callback.customer_id)


def test_it_is_seeded_once_and_the_same_for_the_same_seed(seeded):
    def written() -> list:
        calls = Call.objects.order_by("started_at", "agent__name")
        return list(calls.values_list("customer__phone_number", "started_at", "status", "outcome"))

    first = written()
    Call.objects.order_by("pk").last().delete()
    seed()
    assert Call.objects.count() == len(first) - 1
    AIAgent.objects.all().delete()
    seed()
    assert written() == first
    AIAgent.objects.all().delete()
    seed(number=2)
    assert written() != first


def test_the_organization_next_door_has_its_clients_own(db):
    other = make_company("Other")
    with tenancy.scope(other.organization.pk):
        seed(OTHER.slug)
        [agent] = AIAgent.objects.all()
        assert (agent.owner_id, agent.customers.count()) == (other.client.pk, 6)
    assert User.unscoped.count() == 3
