"""Taking sessions to refresh them, each with the attempt that is about to be made, in one statement and transaction.

A lease outlives the longest refresh: whoever holds one has been answered, or was told that he was not, before another
may take the session.
"""
# ruff: noqa: S608 -- what is put into the statements are constants; values are parameters

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from checkin.models import CheckinSession, RefreshAttempt, RefreshRun, RunKind
from checkin.services.refreshing.pending import parameters, pending
from checkin.services.statements import NOW, fetch
from checkin.upstream import PageClient
from core.secrets import decrypt_if_possible

# What may pass between the claim and the request, and between the answer and its being written down.
BEFORE_SECONDS, AFTER_SECONDS = 10.0, 30.0
ORDER: Final = {RunKind.ALL: "session.attempted_at NULLS FIRST", RunKind.DUE: "session.next_refresh_at"}


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to refresh a session. `token` is as it was claimed, and the `token_number`th.

    `is_confirmed` says that it is surely the user's. `doubt` is why it may be used up all the same: the refresh before
    this one brought no new token. After `begin_until`, on this process's monotonic clock, no request may begin.
    """

    session_id: UUID
    attempt_id: int
    run_id: UUID
    lease_token: UUID
    email: str
    token: str = field(repr=False)
    token_number: int
    is_confirmed: bool
    doubt: str | None
    begin_until: float


def lease_seconds() -> float:
    """How long a claim holds."""
    return BEFORE_SECONDS + PageClient.longest_seconds() + AFTER_SECONDS


def claim(run: RefreshRun, *, limit: int) -> Sequence[Claim]:
    """Take up to `limit` sessions that the run still has to see to and nobody refreshes, the longest waiting first."""
    where = f"{pending(run)} AND session.lease_token IS NULL ORDER BY {ORDER[RunKind(run.kind)]}"
    return _claim(run, where, {**parameters(run), "limit": limit})


def claim_one(run: RefreshRun, session_id: UUID) -> Claim | None:
    """Take this session, whatever its state; None if somebody refreshes it."""
    where = "session.id = %(session_id)s AND session.lease_token IS NULL"
    return next(iter(_claim(run, where, {"session_id": session_id, "limit": 1})), None)


def _claim(run: RefreshRun, where: str, values: dict[str, Any]) -> Sequence[Claim]:
    begin_until = time.monotonic() + BEFORE_SECONDS
    # MATERIALIZED: as a plain subquery it could be run again for a join, and lease more rows than the limit.
    rows = fetch(
        f"""
        WITH free AS MATERIALIZED (
            SELECT session.id FROM checkin_checkinsession AS session
            WHERE {where} LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
        ), taken AS (
            UPDATE checkin_checkinsession AS session
            SET lease_token = gen_random_uuid(),
                lease_expires_at = {NOW} + %(lease_seconds)s * interval '1 second'
            FROM free WHERE session.id = free.id
            RETURNING session.*
        ), attempt AS (
            INSERT INTO checkin_refreshattempt (
                organization_id, session_id, run_id, lease_token, outcome, stray_token, has_rotated, started_at
            )
            SELECT organization_id, id, %(run_id)s, lease_token, 'running', '', false, {NOW} FROM taken
            RETURNING id, session_id
        )
        SELECT taken.id, attempt.id, taken.lease_token, taken.email, taken.token, taken.token_number,
            taken.token_number = taken.confirmed_number, taken.interruption_count, taken.failure_count,
            CASE WHEN taken.status = 'failed' THEN taken.error END
        FROM taken JOIN attempt ON attempt.session_id = taken.id
        """,
        {**values, "run_id": run.pk, "lease_seconds": lease_seconds()},
    )
    return [
        Claim(
            session_id=session_id,
            attempt_id=attempt_id,
            run_id=run.pk,
            lease_token=lease_token,
            email=email,
            # One that cannot be read is no token, which the refresh finds out and says.
            token=decrypt_if_possible(token) or "",
            token_number=token_number,
            is_confirmed=is_confirmed,
            doubt=_doubt(*history) if is_confirmed else None,
            begin_until=begin_until,
        )
        for session_id, attempt_id, lease_token, email, token, token_number, is_confirmed, *history in rows
    ]


def _doubt(interruptions: int, failures: int, error: str | None) -> str | None:
    if interruptions:
        return "The refresh before this one was interrupted after it may have been sent: its new token may be lost."
    if error is None:
        return None
    if failures > 1:
        return f"The {failures} refreshes before this one had failed, the last one so: {error}"
    return f"The refresh before this one had failed: {error}"


@transaction.atomic
def give_back(claims: Sequence[Claim]) -> None:
    """Let go of sessions for which no request was sent: they stand as before, and nothing was tried."""
    held = CheckinSession.objects.filter(lease_token__in=[one.lease_token for one in claims])
    held.filter(pk__in=[one.session_id for one in claims]).update(lease_token=None, lease_expires_at=None)
    RefreshAttempt.objects.filter(pk__in=[one.attempt_id for one in claims]).delete()
