"""How the callbacks of all organizations stand, for Prometheus."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from agents.models import WAITING, Callback, CallbackStatus
from agents.selectors.due import uncalled


@dataclass(frozen=True, slots=True)
class CallbackLoad:
    """How many callbacks wait, those that are overdue among them, how many are in progress, those among them that began
    a slot ago without a call, and how long the one waits whose time was the earliest."""

    waiting: int
    overdue: int
    in_progress: int
    uncalled: int
    most_overdue_seconds: float


def callback_load(*, now: datetime) -> CallbackLoad:
    """How they stand, across organizations: two queries."""
    waiting = Callback.unscoped.filter(status__in=WAITING).order_by()
    is_overdue = Q(scheduled_datetime__lt=now)
    counts = waiting.aggregate(
        waiting=Count("pk"), overdue=Count("pk", filter=is_overdue), first=Min("scheduled_datetime", filter=is_overdue)
    )
    begun = Callback.unscoped.filter(status=CallbackStatus.IN_PROGRESS).order_by()
    counts |= begun.aggregate(in_progress=Count("pk"), uncalled=Count("pk", filter=uncalled(now=now)))
    return CallbackLoad(
        waiting=counts["waiting"],
        overdue=counts["overdue"],
        in_progress=counts["in_progress"],
        uncalled=counts["uncalled"],
        most_overdue_seconds=(now - counts["first"]).total_seconds() if counts["first"] else 0.0,
    )
