"""AI agents, customers, callbacks and calls for the tests, all in the organization in scope."""

from datetime import UTC, datetime, time

import factory

from agents.models import SLOT, AIAgent, Call, Callback, Customer

BOOKED_FOR = datetime(2030, 1, 7, 10, tzinfo=UTC)


class AIAgentFactory(factory.django.DjangoModelFactory):
    """An agent that calls around the clock, ready to."""

    class Meta:
        model = AIAgent

    name = factory.Sequence(lambda number: f"Agent {number}")
    status = "active"
    training_level = 60
    working_hours_start = time(0)
    working_hours_end = time(0)


class CustomerFactory(factory.django.DjangoModelFactory):
    """A customer of an agent of his own, unless told."""

    class Meta:
        model = Customer

    agent = factory.SubFactory(AIAgentFactory)
    phone_number = factory.Sequence(lambda number: f"+336{number:08}")
    name = factory.Sequence(lambda number: f"Customer {number}")


class CallbackFactory(factory.django.DjangoModelFactory):
    """A callback that waits. It is only a row: the customer's next follow-up is not renewed."""

    class Meta:
        model = Callback

    customer = factory.SubFactory(CustomerFactory)
    agent = factory.SelfAttribute("customer.agent")
    scheduled_datetime = BOOKED_FOR
    ends_at = factory.LazyAttribute(lambda row: row.scheduled_datetime + SLOT)
    reason = "Follow-up"


class CallFactory(factory.django.DjangoModelFactory):
    """A call that has ended. It is only a row: nothing is counted."""

    class Meta:
        model = Call

    customer = factory.SubFactory(CustomerFactory)
    agent = factory.SelfAttribute("customer.agent")
    started_at = datetime(2026, 1, 5, 10, tzinfo=UTC)
    ended_at = factory.LazyAttribute(lambda row: None if row.status == "in_progress" else row.started_at)
    status = "completed"
