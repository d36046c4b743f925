"""Writing down what became of attempts, and what that causes: one transaction for as many as have ended."""
# ruff: noqa: S608 -- what is put into the statements are constants; values are parameters

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from checkin.models import Outcome, RefreshRun, RunKind
from checkin.services.refreshing.alerting import queue_login_alert
from checkin.services.refreshing.judging import Ended, Judgement, Standing, judge
from checkin.services.reporting import publish_reports
from checkin.services.statements import NOW, change, fetch
from checkin.services.telling import STALE, publish_tells

SUPERSEDED: Final = "Another token took the place of the one that was refreshed."

HOLD: Final = f"""
    SELECT id, email, status, error, failure_count, token_number, lease_token, is_listed, last_refreshed_at,
        telling_since IS NULL OR telling_since < {STALE}, reporting_since IS NULL OR reporting_since < {STALE},
        EXISTS (
            SELECT FROM checkin_refreshattempt AS attempt
            WHERE attempt.id = ANY(%(attempts)s) AND attempt.session_id = session.id
                AND attempt.outcome IN ('running', 'interrupted')
        )
    FROM checkin_checkinsession AS session WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE
"""
# A run's sessions are due together again; one that takes longer than that leaves them half of the time.
WRITE: Final = f"""
    UPDATE checkin_checkinsession AS session
    SET status = entry.status, error = entry.error, failure_count = entry.failure_count, interruption_count = 0,
        last_refreshed_at = CASE WHEN entry.confirms THEN {NOW} ELSE session.last_refreshed_at END,
        expired_at = CASE WHEN entry.status = 'expired' THEN coalesce(session.expired_at, {NOW}) END,
        attempted_at = CASE WHEN entry.goes_on THEN session.attempted_at ELSE {NOW} END,
        next_refresh_at = coalesce(
            {NOW} + entry.wait_seconds * interval '1 second',
            greatest(
                entry.begun_at + %(refresh_seconds)s * interval '1 second',
                {NOW} + %(refresh_seconds)s * interval '0.5 seconds'
            )
        ),
        token = CASE WHEN entry.restores AND session.confirmed_token <> ''
            THEN session.confirmed_token ELSE session.token END,
        token_number = session.token_number + (entry.restores AND session.confirmed_token <> '')::int,
        confirmed_number = CASE
            WHEN entry.restores THEN session.token_number + (session.confirmed_token <> '')::int
            WHEN entry.confirms THEN session.token_number
            ELSE session.confirmed_number END,
        confirmed_token = CASE WHEN entry.restores OR entry.confirms THEN '' ELSE session.confirmed_token END,
        telling_since = CASE WHEN entry.tells THEN {NOW} ELSE session.telling_since END,
        reporting_since = CASE WHEN entry.reports THEN {NOW} ELSE session.reporting_since END,
        lease_token = NULL, lease_expires_at = NULL, updated_at = {NOW}
    FROM jsonb_to_recordset(%(entries)s::jsonb) AS entry (
        id uuid, status text, error text, failure_count int, wait_seconds float8, begun_at timestamptz,
        confirms bool, restores bool, goes_on bool, tells bool, reports bool
    )
    WHERE session.id = entry.id
"""
LET_GO: Final = f"""
    UPDATE checkin_checkinsession AS session
    SET lease_token = NULL, lease_expires_at = NULL, next_refresh_at = least(next_refresh_at, {NOW})
    FROM unnest(%(ids)s::uuid[], %(leases)s::uuid[]) AS entry (id, lease_token)
    WHERE session.id = entry.id AND session.lease_token = entry.lease_token
"""
# Also those that were taken for interrupted meanwhile: now we know better.
END: Final = f"""
    UPDATE checkin_refreshattempt AS attempt
    SET outcome = entry.outcome, error = entry.error, has_rotated = entry.has_rotated, finished_at = {NOW}
    FROM jsonb_to_recordset(%(entries)s::jsonb) AS entry (id bigint, outcome text, error text, has_rotated bool)
    WHERE attempt.id = entry.id
"""
Judged = tuple[Ended, Standing, Judgement]


@transaction.atomic
def finish(ended: Sequence[Ended], runs: Mapping[UUID, RefreshRun]) -> None:
    """Write down what became of these attempts of `runs`, and publish what follows from it.

    An answer counts if the token is still the one that it left, and nobody else refreshes the session now. Otherwise
    only its attempt tells of it, and the session is due at once. To call it again with the same is harmless.
    """
    before = _hold(ended)
    judged: list[Judged] = []
    superseded: list[Ended] = []
    for one in ended:
        standing = before.get(one.claim.session_id)
        if standing is not None and not standing.is_open:
            continue  # we were interrupted after it was written down
        if standing is None or not standing.is_for(one):
            superseded.append(one)
        else:
            judged.append((one, standing, judge(one.claim, one.answer, standing)))
    entries = [_entry(one, standing, judgement, runs) for one, standing, judgement in judged]
    written = {"entries": json.dumps(entries, default=str), "refresh_seconds": settings.CHECKIN_REFRESH_SECONDS}
    change(WRITE, written)
    _let_go(superseded)
    _end_attempts(judged, superseded)
    _count(judged)
    publish_tells([entry["id"] for entry in entries if entry["tells"]])
    publish_reports([entry["id"] for entry in entries if entry["reports"]])
    for one, standing, judgement in judged:
        if judgement.needs_login and not standing.needs_login:
            queue_login_alert(one, standing, judgement)


def _hold(ended: Sequence[Ended]) -> Mapping[UUID, Standing]:
    claims = [one.claim for one in ended]
    ids = {"ids": [one.session_id for one in claims], "attempts": [one.attempt_id for one in claims]}
    rows = fetch(HOLD, ids)
    return {session_id: Standing(*columns) for session_id, *columns in rows}


def _entry(ended: Ended, standing: Standing, judgement: Judgement, runs: Mapping[UUID, RefreshRun]) -> dict[str, Any]:
    """What WRITE needs to know."""
    is_normal = judgement.outcome == Outcome.NORMAL
    return {
        "id": ended.claim.session_id,
        "status": judgement.status,
        "error": judgement.session_error,
        "failure_count": judgement.failure_count,
        "wait_seconds": judgement.wait_seconds,
        "begun_at": runs[ended.claim.run_id].started_at,
        "confirms": is_normal,
        "restores": judgement.outcome == Outcome.EXPIRED or judgement.goes_on,
        "goes_on": judgement.goes_on,
        "tells": is_normal and standing.is_listed and standing.may_tell,
        "reports": not judgement.goes_on and standing.is_listed and standing.may_report,
    }


def _let_go(superseded: Sequence[Ended]) -> None:
    if superseded:
        claims = [one.claim for one in superseded]
        leases = [one.lease_token for one in claims]
        change(LET_GO, {"ids": [one.session_id for one in claims], "leases": leases})


def _end_attempts(judged: Sequence[Judged], superseded: Sequence[Ended]) -> None:
    ends = [(one, judgement.outcome, judgement.error) for one, _, judgement in judged]
    ends += [(one, Outcome(one.answer.verdict), SUPERSEDED) for one in superseded]
    entries = [
        {
            "id": one.claim.attempt_id,
            "outcome": outcome,
            "error": error,
            "has_rotated": one.answer.new_token is not None,
        }
        for one, outcome, error in ends
    ]
    change(END, {"entries": json.dumps(entries)})


def _count(judged: Sequence[Judged]) -> None:
    """Count them for their runs. Whoever goes on is counted when that has ended; a run of one ends with it."""
    counts: dict[UUID, Counter[str]] = {}
    for one, _, judgement in judged:
        if not judgement.goes_on:
            counts.setdefault(one.claim.run_id, Counter())[judgement.outcome] += 1
    for run_id, numbers in counts.items():
        RefreshRun.objects.filter(pk=run_id).update(**{name: F(name) + number for name, number in numbers.items()})
    RefreshRun.objects.filter(pk__in=counts, kind=RunKind.SINGLE).update(finished_at=Now())
