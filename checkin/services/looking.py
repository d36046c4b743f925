"""What beat asks for: whatever is due by the rows' own times."""

from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models.functions import Now

from checkin.errors import NoUpstream, UpstreamRefused, UpstreamUnavailable
from checkin.models import RefreshRun, RunKind, UpstreamStanding
from checkin.selectors.standing import organization_with_upstream
from checkin.services import standing
from checkin.services.connection import check_connection
from checkin.services.fetching import fetch_users
from checkin.services.refreshing import settle_interrupted, start_refresh, wake
from checkin.services.refreshing.pending import is_due_somewhere
from checkin.services.refreshing.working import IS_OPEN, MAY_GO_ON
from core import tenancy

logger = structlog.get_logger(__name__)


def look() -> None:
    """Check the connection, fetch the users, and refresh what is due, each if its time has come.

    For the one organization that has an upstream; when check-in is switched off this does nothing.
    """
    organization_id = organization_with_upstream()
    if organization_id is None:
        return
    with tenancy.scope(organization_id):
        settle_interrupted()
        refresh_due(organization_id)
        if _is_ours("next_check_at", settings.CHECKIN_CHECK_SECONDS):
            check_connection()
        # One that goes wrong is tried again like a check.
        if _is_ours("next_users_fetch_at", settings.CHECKIN_CHECK_SECONDS):
            _fetch_users()


def refresh_due(organization_id: UUID) -> None:
    """Begin a run of the sessions whose time has come, and ask for workers for every run that is open."""
    if is_due_somewhere(organization_id) and not RefreshRun.objects.filter(IS_OPEN, kind=RunKind.DUE).exists():
        start_refresh(RunKind.DUE)
    for run_id in (
        RefreshRun.objects.filter(IS_OPEN, MAY_GO_ON).exclude(kind=RunKind.SINGLE).values_list("pk", flat=True)
    ):
        wake(run_id)


def _is_ours(column: str, seconds: int) -> bool:
    """Whether it is due, and this process is the one to do it: the next time comes when that is over."""
    if not UpstreamStanding.objects.exists():
        standing.note()
    due = UpstreamStanding.objects.filter(**{f"{column}__lte": Now()})
    return bool(due.update(**{column: Now() + timedelta(seconds=seconds)}))


def _fetch_users() -> None:
    try:
        fetch_users()
    except (UpstreamUnavailable, UpstreamRefused, NoUpstream) as error:
        logger.warning("checkin_users_not_fetched", error=error.message)
