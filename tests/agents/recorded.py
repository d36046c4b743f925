"""What is written down of AI agents' customers and calls, and what their counters must be."""

from typing import Any

from django.db.models import Count, Max, Min, Q

from agents.models import OPEN, AIAgent, Callback, Customer
from tests.stored import audited

KINDS = {"ai_agent", "customer", "callback", "call"}


def entries(kind: str | None = None) -> list[dict[str, Any]]:
    """What was written to the audit log about AI agents and what belongs to them, oldest first; of a kind if told."""
    return [entry for entry in audited() if entry["resource_type"] in ({kind} if kind else KINDS)]


def assert_counters_equal_rows() -> None:
    """Of every organization's AI agents and customers."""
    calls = {"calls__status": "completed"}
    agents = AIAgent.unscoped.annotate(
        calls_there=Count("calls"),
        completed_there=Count("calls", filter=Q(**calls)),
        last_there=Max("calls__started_at"),
    )
    for agent in agents:
        converts = Customer.unscoped.filter(agent=agent, interest_level="converted").count()
        stored = (agent.total_calls, agent.successful_calls, agent.last_call_at, agent.conversions)
        assert stored == (agent.calls_there, agent.completed_there, agent.last_there, converts)
    customers = Customer.unscoped.annotate(calls_there=Count("calls"), last_there=Max("calls__started_at"))
    for customer in customers:
        open_ones = Callback.unscoped.filter(customer=customer, status__in=OPEN)
        followup = open_ones.aggregate(first=Min("scheduled_datetime"))["first"]
        stored = (customer.total_calls, customer.last_call_at, customer.next_followup)
        assert stored == (customer.calls_there, customer.last_there, followup)
