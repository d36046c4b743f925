"""What an AI agent stores of its calls and customers, kept equal to the rows. The agent is locked whoever counts."""

from datetime import datetime

from django.db.models import Count, Max, Q

from agents.models import AIAgent, Call, CallStatus, Customer, InterestLevel

COLUMNS = ("total_calls", "successful_calls", "conversions", "last_call_at")


def take_interest(customer: Customer, level: str, *, at: datetime) -> int:
    """Set how interested the customer is, and since when if he is a convert. Returns by how many converts there are
    more: 1, 0 or -1, for `customer.agent` to count. Nothing is saved."""
    was = customer.converted_at is not None
    customer.interest_level = level
    if level != InterestLevel.CONVERTED:
        customer.converted_at = None
    elif not was:
        customer.converted_at = at
    return (customer.converted_at is not None) - was


def count_conversions(agent: AIAgent, more: int) -> None:
    """Count `more` converts of a locked agent, which may be fewer."""
    if more:
        agent.conversions += more
        agent.save(update_fields=["conversions"])


def recount(agent: AIAgent) -> None:
    """Count the agent's rows again, once some were deleted."""
    calls = Call.objects.filter(agent=agent).aggregate(
        total=Count("pk"), successful=Count("pk", filter=Q(status=CallStatus.COMPLETED)), last=Max("started_at")
    )
    agent.total_calls, agent.successful_calls, agent.last_call_at = calls["total"], calls["successful"], calls["last"]
    agent.conversions = Customer.objects.filter(agent=agent, converted_at__isnull=False).count()
    agent.save(update_fields=COLUMNS)
