"""Sessions whose process died while it refreshed them: their leases have run out."""
# ruff: noqa: S608 -- what is put into the statements are constants; values are parameters

from collections import Counter
from datetime import timedelta
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from checkin.models import RefreshAttempt, RefreshRun, RunKind
from checkin.services.statements import NOW, fetch
from core.tenancy import current_organization_id

INTERRUPTED: Final = "The process that refreshed the session ended before it had written down an answer."
# What ends a process so often is the session itself, perhaps: it is left alone like one that fails.
MOST_INTERRUPTIONS: Final = 3
# Longer than anybody tries to refresh one session.
GONE_AFTER: Final = timedelta(minutes=5)
GIVEN_UP: Final = f"{INTERRUPTED[:-1]}, {MOST_INTERRUPTIONS} times in a row."

SETTLE: Final = f"""
    WITH gone AS MATERIALIZED (
        SELECT id, lease_token, interruption_count + 1 >= {MOST_INTERRUPTIONS} AS is_hopeless
        FROM checkin_checkinsession
        WHERE organization_id = %(organization_id)s AND lease_token IS NOT NULL AND lease_expires_at <= {NOW}
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
    ), ended AS (
        UPDATE checkin_refreshattempt AS attempt
        SET outcome = 'interrupted', error = %(interrupted)s, finished_at = {NOW}
        FROM gone WHERE attempt.session_id = gone.id AND attempt.lease_token = gone.lease_token
            AND attempt.outcome = 'running'
        RETURNING attempt.session_id, attempt.run_id
    ), settled AS (
        UPDATE checkin_checkinsession AS session
        SET lease_token = NULL, lease_expires_at = NULL, updated_at = {NOW},
            interruption_count = session.interruption_count + 1,
            status = CASE WHEN is_hopeless AND session.status IS DISTINCT FROM 'expired'
                THEN 'failed' ELSE session.status END,
            error = CASE WHEN is_hopeless AND session.status IS DISTINCT FROM 'expired'
                THEN %(given_up)s ELSE session.error END,
            failure_count = session.failure_count + is_hopeless::int,
            attempted_at = CASE WHEN is_hopeless THEN {NOW} ELSE session.attempted_at END,
            next_refresh_at = CASE WHEN is_hopeless THEN {NOW} + %(refresh_seconds)s * interval '1 second'
                ELSE least(session.next_refresh_at, {NOW}) END
        FROM gone WHERE session.id = gone.id
        RETURNING session.id
    )
    SELECT ended.run_id, gone.is_hopeless FROM gone LEFT JOIN ended ON ended.session_id = gone.id
"""
logger = structlog.get_logger(__name__)


@transaction.atomic
def settle_interrupted() -> int:
    """Free the organization's sessions whose leases have run out, and mark their attempts. Returns how many.

    They are due at once, but for one that was interrupted time and again.
    """
    rows = fetch(
        SETTLE,
        {
            "organization_id": current_organization_id(),
            "interrupted": INTERRUPTED,
            "given_up": GIVEN_UP,
            "refresh_seconds": settings.CHECKIN_REFRESH_SECONDS,
        },
    )
    for run_id, number in Counter(run_id for run_id, is_hopeless in rows if is_hopeless and run_id).items():
        RefreshRun.objects.filter(pk=run_id).exclude(kind=RunKind.SINGLE).update(failed=F("failed") + number)
    if rows:
        logger.warning("checkin_refreshes_interrupted", sessions=len(rows))
    _end_single_runs()
    return len(rows)


def _end_single_runs() -> None:
    """A refresh of one session has nobody to go on with it when its process is gone."""
    running = RefreshAttempt.objects.filter(outcome="running").values("run_id")
    # A process that is between two attempts is not gone yet.
    old = RefreshRun.objects.filter(kind=RunKind.SINGLE, finished_at=None, started_at__lt=Now() - GONE_AFTER)
    old.exclude(pk__in=running).update(finished_at=Now(), skipped=F("total"), error=INTERRUPTED)
