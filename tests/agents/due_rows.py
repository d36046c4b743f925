"""Callbacks around one moment, at which the clock of the tests of what is due stands."""

from datetime import UTC, datetime, timedelta

from agents.models import AIAgent, Callback
from tests.agents.factories import CallbackFactory, CustomerFactory

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def in_minutes(agent: AIAgent, minutes: int, customer: dict | None = None, **fields: object) -> Callback:
    """A callback of an agent that begins in so many minutes, for a customer of its own."""
    customer_row = CustomerFactory(agent=agent, **(customer or {}))
    return CallbackFactory(customer=customer_row, scheduled_datetime=NOW + timedelta(minutes=minutes), **fields)
