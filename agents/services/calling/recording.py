"""Taking a call down: one that has ended, or one that begins."""

from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now

from agents.errors import AgentNotReady, CallLimitReached, DoNotCall
from agents.models import AIAgent, Call, CallDirection, CallStatus
from agents.services.calling.consequences import heed
from agents.services.calling.linked import callback_to_follow
from agents.services.calling.times import Times, times_of_begun, times_of_ended
from agents.services.calling.words import refuse_misfits
from agents.services.facts import CALL, call_shown, changes_between
from agents.services.new_customers import customer_meant_by
from agents.services.scheduling import Hours
from agents.services.scheduling.hours import ONE_DAY
from agents.services.telling import tell
from audit import services as audit
from core.actor import Actor


class CallFields(TypedDict, total=False):
    """What is said of a call that is taken down."""

    direction: str
    status: str
    outcome: str
    interest_level: str
    started_at: datetime | None
    ended_at: datetime | None
    duration_seconds: int | None
    notes: str


@transaction.atomic
def record_call(
    *,
    by: Actor,
    agent_id: UUID | None = None,
    customer_id: UUID | None = None,
    customer_phone: str = "",
    customer_name: str = "",
    callback_id: UUID | None = None,
    **fields: Unpack[CallFields],
) -> Call:
    """Take a call down with the customer of the id, or of the E.164 number, who may be new; completed unless told.

    Who is new gets `customer_name`.

    Raises CallRefused, AgentNotFound, AgentRequired, CustomerNotFound, CallbackNotFound, CallbackClosed and
    CallInProgress; and of a call that begins AgentNotReady, DoNotCall and CallLimitReached. One that has ended is a
    fact: it is taken down whatever the agent may do now.
    """
    call = Call(
        direction=fields.get("direction", CallDirection.OUTBOUND),
        status=fields.get("status", CallStatus.COMPLETED),
        outcome=fields.get("outcome", ""),
        interest_level=fields.get("interest_level", ""),
        notes=fields.get("notes", ""),
    )
    refuse_misfits(call.status, fields)
    times = _times(call.status, fields)
    call.started_at, call.ended_at, call.duration_seconds = times.started_at, times.ended_at, times.duration_seconds
    call.customer = customer_meant_by(
        by, agent_id=agent_id, customer_id=customer_id, phone=customer_phone, name=customer_name
    )
    call.agent = call.customer.agent
    if callback_id is not None:
        call.callback = callback_to_follow(callback_id, customer=call.customer)
    if call.status == CallStatus.IN_PROGRESS:
        _require_may_begin(call)
    call.save(force_insert=True)
    shown = call_shown(call)
    changes = {name: change for name, change in changes_between({}, shown).items() if change[1] not in ("", None)}
    audit.record(action="create", resource_type=CALL, resource_id=call.pk, changes=changes)
    tell("call.started" if call.ended_at is None else "call.ended", call.agent, shown)
    heed(call, is_new=True)
    return call


def _times(status: str, fields: CallFields) -> Times:
    started_at = fields.get("started_at")
    if status == CallStatus.IN_PROGRESS:
        return times_of_begun(started_at=started_at, now=now())
    ended_at, duration_seconds = fields.get("ended_at"), fields.get("duration_seconds")
    return times_of_ended(started_at=started_at, ended_at=ended_at, duration_seconds=duration_seconds, now=now())


def _require_may_begin(call: Call) -> None:
    if not call.agent.is_ready_for_calls:
        raise AgentNotReady
    if call.direction == CallDirection.OUTBOUND:
        if call.customer.do_not_call:
            raise DoNotCall
        if _made_on_day_of(call.started_at, call.agent) >= call.agent.max_daily_calls:
            raise CallLimitReached(call.agent.max_daily_calls)


def _made_on_day_of(moment: datetime, agent: AIAgent) -> int:
    hours = Hours.of(agent)
    day = hours.day_of(moment)
    begin, end = hours.begin_of(day), hours.begin_of(day + ONE_DAY)
    made = Call.objects.filter(agent=agent, direction=CallDirection.OUTBOUND, started_at__gte=begin, started_at__lt=end)
    return made.count()
