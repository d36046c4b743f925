"""Reads of sessions and of what was tried with them."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db.models import Count, Min, QuerySet, TextField
from django.db.models.functions import Cast, Now

from checkin.errors import RunUnknown, SessionUnknown
from checkin.models import CheckinSession, RefreshAttempt, RefreshRun
from checkin.models.sessions import REFRESHED

# What answers show. The tokens stay where they are: to decrypt twenty thousand of them takes seconds.
SHOWN: Final = (
    "id",
    "organization_id",
    "email",
    "status",
    "error",
    "checkin_report",
    "checkin_report_time",
    "last_refreshed_at",
    "next_refresh_at",
)


def listed_sessions() -> QuerySet[CheckinSession]:
    """The sessions of the users whom the upstream lists, by e-mail address, without their tokens."""
    return CheckinSession.objects.filter(is_listed=True).only(*SHOWN).order_by("email")


def listed_sessions_with_tokens() -> QuerySet[CheckinSession]:
    """The same with their tokens as they are stored (`stored_token`), for whoever shows the ends of them."""
    return listed_sessions().annotate(stored_token=Cast("token", TextField()))


def session_by_email(email: str) -> CheckinSession:
    """The session of a listed user, whatever the case of the address. Raises SessionUnknown."""
    session = listed_sessions().filter(email=email.strip().lower()).first() if "\x00" not in email else None
    if session is None:
        raise SessionUnknown(email)
    return session


def attempts_of(session: CheckinSession) -> QuerySet[RefreshAttempt]:
    """What was tried with a session, the newest first, each with its run."""
    return RefreshAttempt.objects.filter(session=session).select_related("run").defer("stray_token").order_by("-id")


def runs() -> QuerySet[RefreshRun]:
    """The organization's refresh runs, the newest first."""
    return RefreshRun.objects.order_by("-started_at", "id")


def run_by_id(run_id: UUID) -> RefreshRun:
    """A run of this organization. Raises RunUnknown."""
    run = RefreshRun.objects.filter(pk=run_id).first()
    if run is None:
        raise RunUnknown
    return run


def session_counts() -> Mapping[str, int]:
    """How many listed sessions are in each status, across organizations; `new` ones were never refreshed."""
    listed = CheckinSession.unscoped.filter(is_listed=True).order_by()
    return {status or "new": number for status, number in listed.values_list("status").annotate(Count("pk"))}


def longest_overdue_seconds() -> float:
    """For how long the session that has waited longest has been due, across organizations; 0 if none is."""
    due = CheckinSession.unscoped.filter(REFRESHED, next_refresh_at__lte=Now()).aggregate(
        waited=Now() - Min("next_refresh_at")
    )
    return due["waited"].total_seconds() if due["waited"] else 0.0
