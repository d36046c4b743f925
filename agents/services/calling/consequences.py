"""What comes of a call: its agent and its customer count it, and he may be nearer to a purchase, or further."""

from typing import Final

from agents.models import Call, CallOutcome, CallStatus, InterestLevel
from agents.services.calling.linked import follow
from agents.services.counters import take_interest
from agents.services.declining import cancel_waiting
from agents.services.facts import CUSTOMER, customer_shown
from agents.services.new_customers import said_of
from agents.services.telling import tell
from audit import services as audit

ONE_STEP_UP: Final = {InterestLevel.COLD: InterestLevel.WARM, InterestLevel.WARM: InterestLevel.HOT}
OF_AGENT: Final = ("total_calls", "successful_calls", "conversions", "last_call_at")
OF_CUSTOMER: Final = ("interest_level", "converted_at", "do_not_call", "total_calls", "last_call_at")


def heed(call: Call, *, is_new: bool) -> None:
    """Let follow what does. The call is saved, its agent and its customer are locked and come along.

    A call is counted once, when it is new, and as successful once it is completed; it moves interest when it has ended,
    unless a later one is known: then it only converts.
    """
    agent, customer = call.agent, call.customer
    before = customer_shown(customer)
    if is_new:
        for counting in (agent, customer):
            counting.total_calls += 1
            counting.last_call_at = max(counting.last_call_at or call.started_at, call.started_at)
    agent.successful_calls += call.status == CallStatus.COMPLETED
    if call.ended_at is not None:
        level, is_latest = interest_after(call), call.started_at == customer.last_call_at
        if is_latest or level == InterestLevel.CONVERTED:
            agent.conversions += take_interest(customer, level, at=call.ended_at)
    customer.do_not_call = customer.do_not_call or call.outcome == CallOutcome.DO_NOT_CALL
    said = said_of(customer, before=before)
    agent.save(update_fields=OF_AGENT)
    customer.save(update_fields=[*OF_CUSTOMER, "updated_at"] if said else OF_CUSTOMER)
    follow(call)
    if customer.do_not_call:  # he may have said so while its callback was in progress, which waits again now
        cancel_waiting(customer)
    if said:
        audit.record(action="update", resource_type=CUSTOMER, resource_id=customer.pk, changes=said)
    tell("customer.updated", agent, customer_shown(customer))


def interest_after(call: Call) -> str:
    """How interested the customer is once the call has ended. What is said of it wins over what the outcome tells.

    Whoever has bought stays a convert, unless it is said that he is none.
    """
    level = call.customer.interest_level
    if call.interest_level:
        return call.interest_level
    if call.outcome == CallOutcome.CONVERTED or level == InterestLevel.CONVERTED:
        return InterestLevel.CONVERTED
    if call.outcome == CallOutcome.INTERESTED:
        return ONE_STEP_UP.get(InterestLevel(level), InterestLevel.HOT)
    return InterestLevel.COLD if call.outcome == CallOutcome.NOT_INTERESTED else level
