"""The outbox's statements, one function each. Every time is the database's clock; no function opens a transaction.

They cross organizations on purpose (unscoped): the relay serves them all, and opens each event's scope around its
consumer. They are SQL and not the ORM because a claim is one UPDATE … RETURNING over SKIP LOCKED rows.
"""
# ruff: noqa: S608 -- what is put into the statements are constants of this module; values are parameters

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection

from core.outbox.event import Event

MAX_ATTEMPTS: Final = 8
NOW: Final = "statement_timestamp()"
# Between half and the whole of it, so that what failed together does not come back together.
JITTER: Final = "(0.5 + random() / 2)"
SECOND: Final = "interval '1 second'"
OPEN: Final = "delivered_at IS NULL AND parked_at IS NULL"
DUE: Final = f"{OPEN} AND available_at <= {NOW} AND (lease_expires_at IS NULL OR lease_expires_at <= {NOW})"
ONCE: Final = " ON CONFLICT (id) DO NOTHING"
LET_GO: Final = "lease_token = NULL, lease_expires_at = NULL"
HELD: Final = "id = ANY(%(ids)s::uuid[]) AND lease_token = %(token)s"


def _execute(statement: str, parameters: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def _fetch(statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def _array(ids: Collection[UUID]) -> str:
    """The ids as PostgreSQL writes an array: quoted one by one, a thousand take as long as the statement itself."""
    return f"{{{','.join(map(str, ids))}}}"


def insert(
    *, event_id: UUID, organization_id: UUID, topic: str, payload: str, request_id: str, once: bool = False
) -> None:
    """Write an event down; `payload` is JSON text. With `once`, an id that is there already is left as it is."""
    _execute(
        "INSERT INTO outbox_event (id, organization_id, topic, payload, request_id)"
        " VALUES (%(id)s, %(organization_id)s, %(topic)s, %(payload)s, %(request_id)s)"
        f"{ONCE if once else ''}",
        {
            "id": event_id,
            "organization_id": organization_id,
            "topic": topic,
            "payload": payload,
            "request_id": request_id,
        },
    )


def insert_many(
    *,
    event_ids: Sequence[UUID],
    organization_id: UUID,
    topic: str,
    payloads: Sequence[str],
    request_id: str,
    once: bool = False,
) -> None:
    """Write events of one topic down; `payloads` are JSON texts, one for each id. `once` as `insert` has it."""
    _execute(
        "INSERT INTO outbox_event (id, organization_id, topic, payload, request_id)"
        " SELECT event.id, %(organization_id)s, %(topic)s, event.payload, %(request_id)s"
        " FROM ROWS FROM (unnest(%(ids)s::uuid[]), jsonb_array_elements(%(payloads)s::jsonb)) AS event (id, payload)"
        f"{ONCE if once else ''}",
        {
            "ids": _array(event_ids),
            "organization_id": organization_id,
            "topic": topic,
            # As one text: in an array each would be escaped by itself, quote by quote.
            "payloads": f"[{','.join(payloads)}]",
            "request_id": request_id,
        },
    )


def claim(topic: str, *, token: UUID, limit: int) -> list[Event]:
    """Lease up to `limit` due events of one topic to `token`, oldest first; none while the topic pauses.

    Two relays never get the same event, and never wait for each other.
    """
    # MATERIALIZED: as a plain subquery it could be run again for a join, and lease more rows than the limit.
    rows = _fetch(
        f"""
        WITH due AS MATERIALIZED (
            SELECT id FROM outbox_event
            WHERE topic = %(topic)s AND {DUE}
                AND NOT EXISTS (SELECT FROM outbox_pause WHERE topic = %(topic)s AND until > {NOW})
            ORDER BY available_at
            LIMIT %(limit)s
            FOR UPDATE SKIP LOCKED
        )
        UPDATE outbox_event AS event
        SET lease_token = %(token)s, lease_expires_at = {NOW} + %(lease)s * {SECOND}
        FROM due WHERE event.id = due.id
        RETURNING event.id, organization_id, payload, request_id, created_at, attempts
        """,
        {"topic": topic, "token": token, "limit": limit, "lease": settings.OUTBOX_LEASE_SECONDS},
    )
    events = [
        Event(event_id, topic, organization_id, json.loads(payload), request_id, created_at, attempts)
        for event_id, organization_id, payload, request_id, created_at, attempts in rows
    ]
    return sorted(events, key=lambda event: event.created_at)


def begin(token: UUID, ids: Collection[UUID], *, held: Collection[UUID], done: Collection[UUID]) -> set[UUID]:
    """Count an attempt for each of `ids` before its consumer runs, renew the lease of everything `held`, and mark what
    was `done` before as delivered: one statement, and so one commit, for each event that is handed over.

    Returns which of `held` and `done` were still `token`'s: another relay may have taken over what was held too long.
    """
    rows = _fetch(
        f"""
        UPDATE outbox_event
        SET attempts = attempts + (id = ANY(%(started)s::uuid[]))::int,
            lease_token = CASE WHEN id = ANY(%(done)s::uuid[]) THEN NULL ELSE lease_token END,
            lease_expires_at = CASE WHEN id = ANY(%(done)s::uuid[]) THEN NULL ELSE {NOW} + %(lease)s * {SECOND} END,
            delivered_at = CASE WHEN id = ANY(%(done)s::uuid[]) THEN {NOW} END,
            last_error = CASE WHEN id = ANY(%(done)s::uuid[]) THEN '' ELSE last_error END
        WHERE {HELD} RETURNING id
        """,
        {
            "token": token,
            "ids": _array([*held, *done]),
            "started": _array(ids),
            "done": _array(done),
            "lease": settings.OUTBOX_LEASE_SECONDS,
        },
    )
    return {row[0] for row in rows}


def complete(token: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Mark delivered what `token` still holds. Returns which those were."""
    return begin(token, [], held=[], done=ids)


def park(token: UUID, ids: Collection[UUID], *, error: str) -> int:
    """Give up what `token` still holds, visibly."""
    return _execute(
        f"UPDATE outbox_event SET {LET_GO}, parked_at = {NOW}, last_error = %(error)s WHERE {HELD}",
        {"token": token, "ids": _array(ids), "error": error},
    )


def fail(token: UUID, ids: Collection[UUID], *, error: str) -> int:
    """An attempt failed: come back after 5 s, 10 s, 20 s … 320 s; park after the eighth."""
    return _execute(
        f"""
        UPDATE outbox_event SET {LET_GO}, last_error = %(error)s,
            parked_at = CASE WHEN attempts >= {MAX_ATTEMPTS} THEN {NOW} END,
            available_at = {NOW} + 5 * 2 ^ (attempts - 1) * {JITTER} * {SECOND}
        WHERE {HELD}
        """,
        {"token": token, "ids": _array(ids), "error": error},
    )


def postpone(token: UUID, ids: Collection[UUID], *, reason: str, longest: int) -> int:
    """The destination is to blame: take the attempt back, and wait half as long again as the event is old.

    That is 1 s at least and `longest` seconds at most. What another relay took over meanwhile, because it was held for
    too long, waits as that one says; but the attempt is taken back there, too.
    """
    parameters = {"token": token, "ids": _array(ids), "reason": reason, "longest": longest}
    _execute(
        f"""
        UPDATE outbox_event SET attempts = attempts - 1
        WHERE id = ANY(%(ids)s::uuid[]) AND lease_token IS DISTINCT FROM %(token)s AND attempts > 0 AND {OPEN}
        """,
        parameters,
    )
    return _execute(
        f"""
        UPDATE outbox_event SET {LET_GO}, last_error = %(reason)s, attempts = attempts - 1,
            available_at = {NOW}
                + least(%(longest)s, greatest(1, extract(epoch FROM {NOW} - created_at) / 2)) * {JITTER} * {SECOND}
        WHERE {HELD}
        """,
        parameters,
    )


def release(token: UUID, ids: Collection[UUID]) -> int:
    """Let go of what was claimed and not begun."""
    return _execute(f"UPDATE outbox_event SET {LET_GO} WHERE {HELD}", {"token": token, "ids": _array(ids)})


def pause(topic: str, *, reason: str, longest: int) -> None:
    """Leave the topic alone for 1 s, 2 s, 4 s … `longest` s; relays that meet one failure together count once."""
    _execute(
        f"""
        INSERT INTO outbox_pause AS pause (topic, failures, until, reason)
        VALUES (%(topic)s, 1, {NOW} + {JITTER} * {SECOND}, %(reason)s)
        ON CONFLICT (topic) DO UPDATE SET failures = pause.failures + 1, reason = excluded.reason,
            until = {NOW} + least(%(longest)s, 2 ^ least(pause.failures, 6)) * {JITTER} * {SECOND}
        WHERE pause.until <= {NOW}
        """,
        {"topic": topic, "reason": reason, "longest": longest},
    )


def resume(topic: str) -> int:
    """Somebody asks for it: end the topic's pause and forget its failures."""
    return _execute("DELETE FROM outbox_pause WHERE topic = %(topic)s", {"topic": topic})


def forget_failures(topic: str) -> int:
    """The destination answered: the next pause is a first one. One that goes on is newer than the answer, and stays."""
    return _execute(f"DELETE FROM outbox_pause WHERE topic = %(topic)s AND until <= {NOW}", {"topic": topic})


def due_topics(topics: Collection[str]) -> list[str]:
    """Those of `topics` that have something to relay now."""
    rows = _fetch(
        f"""
        SELECT topic FROM unnest(%(topics)s::text[]) AS wanted (topic)
        WHERE EXISTS (SELECT FROM outbox_event AS event WHERE event.topic = wanted.topic AND {DUE})
            AND NOT EXISTS (SELECT FROM outbox_pause AS pause WHERE pause.topic = wanted.topic AND until > {NOW})
        """,
        {"topics": list(topics)},
    )
    return [row[0] for row in rows]


@dataclass(frozen=True, slots=True)
class Count:
    """How many undelivered events a topic has in one state: due, waiting (for a retry), leased or parked."""

    topic: str
    state: str
    number: int
    oldest: datetime


def counts() -> list[Count]:
    """Everything that is not delivered, by topic and state."""
    rows = _fetch(
        f"""
        SELECT topic, 'parked', count(*), min(created_at) FROM outbox_event WHERE parked_at IS NOT NULL GROUP BY 1
        UNION ALL
        SELECT topic,
            CASE WHEN lease_expires_at > {NOW} THEN 'leased' WHEN available_at > {NOW} THEN 'waiting' ELSE 'due' END,
            count(*), min(created_at)
        FROM outbox_event WHERE {OPEN} GROUP BY 1, 2
        ORDER BY 1, 2
        """,
        {},
    )
    return [Count(*row) for row in rows]


def delete_delivered(*, days: int, limit: int) -> int:
    """Delete up to `limit` events that were delivered more than `days` ago. Returns how many."""
    return _execute(
        f"""
        DELETE FROM outbox_event WHERE id IN (
            SELECT id FROM outbox_event WHERE delivered_at < {NOW} - %(days)s * interval '1 day'
            ORDER BY delivered_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        )
        """,
        {"days": days, "limit": limit},
    )


def reopen(ids: Collection[UUID]) -> list[tuple[UUID, str]]:
    """Give the undelivered among `ids` a fresh start, parked or waiting. Returns id and topic of each that got it."""
    rows = _fetch(
        f"""
        UPDATE outbox_event SET attempts = 0, parked_at = NULL, available_at = {NOW}, {LET_GO}
        WHERE id = ANY(%(ids)s::uuid[]) AND delivered_at IS NULL
            AND (lease_expires_at IS NULL OR lease_expires_at <= {NOW})
        RETURNING id, topic
        """,
        {"ids": _array(ids)},
    )
    return [(row[0], row[1]) for row in rows]
