"""How a callback goes on: it waits, is in progress, and then is completed or cancelled, for good."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from django.utils.timezone import now

from agents.errors import AgentNotReady, CallbackClosed, DoNotCall, StatusRefused
from agents.models import OPEN, SLOT, WAITING, Callback, CallbackStatus

BY_NEW_TIME: Final = "A callback waits again once it has a new time: give scheduled_datetime."
NOT_WITH_NEW_TIME: Final = "A callback that has a new time waits: leave its status out."


def set_status(callback: Callback, status: str) -> None:
    """Let it begin, or end. Its agent and its customer are locked; nothing is saved.

    Raises CallbackClosed, StatusRefused for one that only a new time brings about, AgentNotReady and DoNotCall.
    """
    if callback.status not in OPEN:
        raise CallbackClosed(callback.status)
    if status in WAITING:
        raise StatusRefused(BY_NEW_TIME)
    STEPS[status](callback, now())
    callback.status = CallbackStatus(status)


def set_time(callback: Callback, at: datetime) -> None:
    """Let it wait for another time, as if it had never begun. Nothing is saved. Raises CallbackClosed."""
    if callback.status not in OPEN:
        raise CallbackClosed(callback.status)
    callback.status = CallbackStatus.RESCHEDULED
    callback.scheduled_datetime, callback.ends_at = at, at + SLOT
    callback.reschedule_count += 1
    callback.reminded_at = callback.overdue_at = callback.started_at = None


def _start(callback: Callback, at: datetime) -> None:
    if not callback.agent.is_ready_for_calls:
        raise AgentNotReady
    if callback.customer.do_not_call:
        raise DoNotCall
    callback.started_at = at


def _complete(callback: Callback, at: datetime) -> None:
    callback.completed_at = at


def _cancel(callback: Callback, at: datetime) -> None:
    callback.cancelled_at = at


STEPS: Final[Mapping[str, Callable[[Callback, datetime], None]]] = {
    CallbackStatus.IN_PROGRESS: _start,
    CallbackStatus.COMPLETED: _complete,
    CallbackStatus.CANCELLED: _cancel,
}
