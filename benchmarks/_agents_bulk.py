"""Ten thousand overdue callbacks, completed by one request, and by hand."""

import json
from datetime import UTC, datetime
from typing import Any, Final

import psycopg

from benchmarks._agents_cases import AI, require_same
from benchmarks._agents_data import ADMIN, ORGANIZATION
from benchmarks._agents_servers import Caller
from benchmarks._agents_sql import Row
from benchmarks._stopwatch import Stopwatch

COUNT: Final = 10_000
ROUNDS: Final = 5
BY_HAND, BY_REQUEST = "by hand", "by request"
WAITING: Final = "status IN ('scheduled', 'rescheduled', 'in_progress')"
SAVE: Final = (
    f"""
    CREATE TABLE saved_callback AS
    SELECT id, customer_id, status, completed_at, updated_at FROM agents_callback
    WHERE {WAITING} ORDER BY scheduled_datetime, id LIMIT {COUNT}
    """,
    """
    CREATE TABLE saved_customer AS SELECT id, next_followup FROM agents_customer
    WHERE id IN (SELECT customer_id FROM saved_callback)
    """,
    "ANALYZE saved_callback, saved_customer",
    "TRUNCATE outbox_event",  # the admin's login is in it
)
PUT_BACK: Final = (
    """
    UPDATE agents_callback AS callback
    SET status = saved.status, completed_at = saved.completed_at, updated_at = saved.updated_at
    FROM saved_callback AS saved WHERE callback.id = saved.id
    """,
    """
    UPDATE agents_customer AS customer SET next_followup = saved.next_followup
    FROM saved_customer AS saved WHERE customer.id = saved.id
    """,
    "TRUNCATE outbox_event",
    "VACUUM agents_callback, agents_customer",
    "CHECKPOINT",
)
HAND: Final = (
    f"""
    UPDATE agents_callback SET status = 'completed', completed_at = %(now)s, updated_at = %(now)s
    WHERE id = ANY(%(ids)s) AND {WAITING}
    """,
    f"""
    UPDATE agents_customer AS customer SET next_followup = (
        SELECT min(scheduled_datetime) FROM agents_callback AS callback
        WHERE callback.customer_id = customer.id AND {WAITING}
    )
    WHERE id IN (SELECT customer_id FROM agents_callback WHERE id = ANY(%(ids)s))
    """,
    """
    INSERT INTO outbox_event (id, organization_id, topic, payload, request_id)
    SELECT gen_random_uuid(), %(organization)s, 'audit.entry', jsonb_build_object(
        'user_id', %(admin)s::text, 'key_id', NULL, 'ip_address', '127.0.0.1', 'user_agent', '',
        'action', 'update', 'resource_type', 'callback', 'resource_id', saved.id,
        'changes', jsonb_build_object(
            'status', jsonb_build_array(saved.status, 'completed'),
            'completed_at', jsonb_build_array(NULL, %(now)s::timestamptz)
        )
    ), 'request'
    FROM saved_callback AS saved WHERE saved.id = ANY(%(ids)s)
    """,
)
STATE: Final = (
    "SELECT count(*) FROM agents_callback JOIN saved_callback USING (id) WHERE agents_callback.status = 'completed'",
    "SELECT count(*) FROM outbox_event WHERE topic = 'audit.entry'",
    """
    SELECT count(*) FROM agents_customer AS customer JOIN saved_customer USING (id)
    WHERE customer.next_followup IS DISTINCT FROM saved_customer.next_followup
    """,
)


def complete_ten_thousand(bare: psycopg.Connection[Row], ours: Caller, watch: Stopwatch) -> None:
    """Both by turns, each from the same rows. Raises AssertionError unless either leaves the same behind."""
    for statement in SAVE:
        bare.execute(statement)
    ids = [pk for (pk,) in bare.execute("SELECT id FROM saved_callback ORDER BY id").fetchall()]
    body = json.dumps({"action": "complete", "ids": [str(pk) for pk in ids]}).encode()
    for _ in range(ROUNDS):
        watch.time(BY_HAND, _by_hand, bare, ids)
        left = _left(bare)
        answer = json.loads(watch.time(BY_REQUEST, ours.ask, "POST", f"{AI}/callbacks/bulk-actions/", body))
        require_same(COUNT, answer["data"]["succeeded"], "callbacks completed")
        require_same(left, _left(bare), "what is left behind")


def _by_hand(bare: psycopg.Connection[Row], ids: list[Any]) -> None:
    values = {"ids": ids, "now": datetime.now(UTC), "organization": ORGANIZATION, "admin": str(ADMIN)}
    with bare.transaction():
        for statement in HAND:
            bare.execute(statement, values)


def _left(bare: psycopg.Connection[Row]) -> list[int]:
    """How many callbacks are completed, entries written and customers followed up at another time; puts all back."""
    found = [int(bare.execute(statement).fetchall()[0][0]) for statement in STATE]
    require_same([COUNT, COUNT], found[:2], "completed and recorded")
    for statement in PUT_BACK:
        bare.execute(statement)
    return found
