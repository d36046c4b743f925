"""What happened between an AI agent and one of its customers: made-up calls, each of which leads to the next."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final

from agents.models import (
    OPEN,
    SLOT,
    AIAgent,
    Call,
    Callback,
    CallbackStatus,
    CallDirection,
    CallOutcome,
    CallStatus,
    Customer,
    InterestLevel,
)
from agents.services.calling.consequences import interest_after

UNHEARD: Final = (CallStatus.NO_ANSWER, CallStatus.NO_ANSWER, CallStatus.BUSY, CallStatus.FAILED)
OUTCOMES: Final = (
    *(CallOutcome.INTERESTED,) * 6,
    *(CallOutcome.CALLBACK_REQUESTED,) * 4,
    *(CallOutcome.NOT_INTERESTED,) * 2,
    CallOutcome.OTHER,
)
REASONS: Final = ("Pricing questions", "Wants to see an offer", "Was in a meeting", "Decides with a colleague")
EXPECTED: Final = ("Quote approval", "Appointment", "Answer to our offer")


@dataclass(slots=True)
class Journey:
    """A customer, his calls and his callbacks, none of them stored yet."""

    customer: Customer
    calls: list[Call] = field(default_factory=list)
    callbacks: list[Callback] = field(default_factory=list)
    is_over: bool = False

    def go(self, times: Sequence[datetime], dice: Random) -> None:
        """Call at these times, oldest first, until the customer has converted or asks not to be called."""
        for started_at in sorted(times):
            if not self.is_over:
                self._call(started_at, dice)
        self._count()

    def agree_on(self, moment: datetime, dice: Random, *, priority: int, is_moved: bool = False) -> Callback:
        """A callback at a time to come, or one that waits although its time has gone by."""
        callback = self._callback(moment, dice, agreed_at=self._last_moment())
        callback.priority_level = priority
        callback.expected_outcome = dice.choice(EXPECTED)
        if is_moved:
            callback.status, callback.reschedule_count = CallbackStatus.RESCHEDULED, 1
        self._count()
        return callback

    def _call(self, started_at: datetime, dice: Random) -> None:
        promised = bool(self.calls) and self.calls[-1].outcome == CallOutcome.CALLBACK_REQUESTED
        call = Call(
            agent=self._agent,
            customer=self.customer,
            started_at=started_at,
            created_at=started_at,
            direction=CallDirection.INBOUND if dice.random() < 0.15 and not promised else CallDirection.OUTBOUND,
            status=CallStatus.COMPLETED if promised or dice.random() < 0.7 else dice.choice(UNHEARD),
        )
        if call.status == CallStatus.COMPLETED:
            call.duration_seconds = dice.randint(45, 780)
            self._talk(call, dice)
        call.ended_at = started_at + timedelta(seconds=call.duration_seconds)
        if promised:
            call.callback = self._kept(call, dice)
        self.calls.append(call)

    def _talk(self, call: Call, dice: Random) -> None:
        level = self.customer.interest_level
        if level == InterestLevel.HOT and dice.random() < 0.7:
            call.outcome = CallOutcome.CONVERTED
            self.is_over = True
            self.customer.converted_at = call.started_at + timedelta(seconds=call.duration_seconds)
        elif level == InterestLevel.COLD and self.calls and dice.random() < 0.15:
            call.outcome = CallOutcome.DO_NOT_CALL
            self.customer.do_not_call = self.is_over = True
        else:
            call.outcome = dice.choice(OUTCOMES)
        self.customer.interest_level = call.interest_level = interest_after(call)

    def _kept(self, call: Call, dice: Random) -> Callback:
        """The callback that the call before led to, and that this call is."""
        callback = self._callback(call.started_at, dice, agreed_at=self._last_moment())
        callback.status, callback.outcome = CallbackStatus.COMPLETED, CallOutcome(call.outcome).label
        callback.started_at, callback.completed_at = call.started_at, call.ended_at
        return callback

    def _callback(self, moment: datetime, dice: Random, *, agreed_at: datetime) -> Callback:
        callback = Callback(
            agent=self._agent,
            customer=self.customer,
            scheduled_datetime=moment,
            ends_at=moment + SLOT,
            reason=dice.choice(REASONS),
            created_at=agreed_at,
        )
        self.callbacks.append(callback)
        return callback

    def _last_moment(self) -> datetime:
        ended_at = self.calls[-1].ended_at if self.calls else None
        return ended_at or self.customer.created_at

    def _count(self) -> None:
        waiting = [callback.scheduled_datetime for callback in self.callbacks if callback.status in OPEN]
        self.customer.next_followup = min(waiting, default=None)
        self.customer.total_calls = len(self.calls)
        self.customer.last_call_at = max((call.started_at for call in self.calls), default=None)

    @property
    def _agent(self) -> AIAgent:
        return self.customer.agent
