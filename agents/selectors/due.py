"""What of the callbacks is due."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from agents.models import SLOT, WAITING, AIAgent, Call, Callback, CallbackStatus
from agents.models.agents import CALLING, TRAINED
from agents.models.callbacks import BEGUN_UNTOLD

READY: Final = Q(status__in=CALLING, training_level__gte=TRAINED)
IS_WAITING: Final = Q(status__in=WAITING)


def organizations_with_due(*, now: datetime) -> Sequence[UUID]:
    """Those with a callback to start, to remind somebody of, or to call overdue, across organizations: one query."""
    # What the two have in common is what the index is asked for.
    until_soon = Callback.unscoped.filter(
        IS_WAITING, scheduled_datetime__lte=now + reminder_time(), overdue_at=None
    ).order_by()
    near = until_soon.filter(untold(now=now) | unreminded(now=now))
    due = Callback.unscoped.filter(beginning(now=now), agent=OuterRef("pk"))
    to_start = AIAgent.unscoped.filter(READY, Exists(due)).order_by()
    begun = Callback.unscoped.filter(begun_untold(now=now)).order_by()
    first, *others = (rows.values_list("organization", flat=True) for rows in (near, to_start, begun))
    return list(first.union(*others))


def beginning(*, now: datetime) -> Q:
    """Callbacks whose time has come, and for which nobody has called since.

    Who did not answer would else be called again at once, until the agent has no calls left for anybody that day.
    """
    called = Call.unscoped.filter(callback=OuterRef("pk"), started_at__gte=OuterRef("scheduled_datetime")).order_by()
    return IS_WAITING & Q(scheduled_datetime__lte=now) & ~Q(Exists(called))


def untold(*, now: datetime) -> Q:
    """Callbacks whose slot has gone by while they waited, and of which nobody was told yet."""
    return IS_WAITING & Q(scheduled_datetime__lte=now - SLOT, overdue_at=None)


def uncalled(*, now: datetime) -> Q:
    """Callbacks that began as long ago as a slot is, and for which nobody has called since."""
    called = Call.unscoped.filter(callback=OuterRef("pk"), started_at__gte=OuterRef("started_at")).order_by()
    return Q(status=CallbackStatus.IN_PROGRESS, started_at__lte=now - SLOT) & ~Q(Exists(called))


def begun_untold(*, now: datetime) -> Q:
    """Those of them of which nobody was told since they began."""
    return BEGUN_UNTOLD & uncalled(now=now)


def unreminded(*, now: datetime) -> Q:
    """Callbacks that are near, and of which nobody was reminded yet."""
    near = Q(scheduled_datetime__gt=now, scheduled_datetime__lte=now + reminder_time())
    return IS_WAITING & near & Q(reminded_at=None)


def reminder_time() -> timedelta:
    """How long before a callback somebody is reminded of it; nothing for never."""
    return timedelta(minutes=settings.CALLBACK_REMINDER_MINUTES)


def startable(*, now: datetime) -> QuerySet[Callback]:
    """Callbacks that may begin, the most urgent first, but for those whose customers asked not to be called."""
    due = Callback.objects.filter(beginning(now=now), customer__do_not_call=False)
    return due.order_by("-priority_level", "scheduled_datetime", "pk")


def agents_with_due(*, now: datetime) -> Sequence[AIAgent]:
    """The AI agents that may call and have a callback that may begin; whose has waited longest comes first."""
    due = Callback.objects.filter(beginning(now=now), agent=OuterRef("pk"))
    first_due = Subquery(due.order_by("scheduled_datetime").values("scheduled_datetime")[:1])
    agents = AIAgent.objects.filter(READY).annotate(first_due=first_due).filter(first_due__isnull=False)
    return list(agents.defer("business_info", "sales_goals", "initial_script").order_by("first_due", "pk"))
