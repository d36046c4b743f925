"""The bare statements of `bench_agents`: what is answered, asked for by hand, with as little as there is around it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import psycopg

from benchmarks._agents_data import ORGANIZATION

Row = tuple[Any, ...]
LIMIT: Final = 100

CUSTOMER: Final = """
customer.id, agent_id, phone_number, name, email, interest_level, call_preference_time, communication_style,
preferences, notes, do_not_call, converted_at, total_calls, last_call_at, next_followup, created_at, updated_at
"""
CALLBACK: Final = """
callback.id, callback.agent_id, customer_id, scheduled_datetime, ends_at, status, priority_level, reason,
callback.notes, expected_outcome, outcome, reschedule_count, started_at, completed_at, cancelled_at,
callback.created_at, callback.updated_at, customer.phone_number, customer.name
"""
CUSTOMERS: Final = "agents_customer AS customer WHERE organization_id = %(organization)s"
SEARCH: Final = f"{CUSTOMERS} AND search_text LIKE %(pattern)s"
HOT: Final = f"{SEARCH} AND interest_level = 'hot' AND converted_at IS NULL"
LATE: Final = """
callback.organization_id = %(organization)s AND status IN ('scheduled', 'rescheduled') AND scheduled_datetime < %(now)s
"""
INTEREST: Final = """
SELECT count(*), count(*) FILTER (WHERE interest_level = 'cold'), count(*) FILTER (WHERE interest_level = 'warm'),
    count(*) FILTER (WHERE interest_level = 'hot'), count(*) FILTER (WHERE interest_level = 'converted'),
    count(*) FILTER (WHERE do_not_call)
"""
STATUSES: Final = """
SELECT count(*), count(*) FILTER (WHERE status = 'scheduled'), count(*) FILTER (WHERE status = 'in_progress'),
    count(*) FILTER (WHERE status = 'completed'), count(*) FILTER (WHERE status = 'rescheduled'),
    count(*) FILTER (WHERE status = 'cancelled'),
    count(*) FILTER (WHERE status IN ('scheduled', 'rescheduled') AND scheduled_datetime < %(now)s)
"""


def of_customers(source: str) -> tuple[str, str]:
    """The page and the summary of a list of customers."""
    page = f"SELECT {CUSTOMER} FROM {source} ORDER BY created_at DESC, id LIMIT {LIMIT}"
    return page, f"{INTEREST} FROM {source}"


LATE_CALLBACKS: Final = (
    f"SELECT {CALLBACK} FROM agents_callback AS callback JOIN agents_customer AS customer ON customer.id = customer_id"
    f" WHERE {LATE} ORDER BY scheduled_datetime, callback.id LIMIT {LIMIT}",
    f"{STATUSES} FROM agents_callback AS callback WHERE {LATE}",
)


def connect(url: str) -> psycopg.Connection[Row]:
    """A connection that plans each statement for its parameters, as Switchboard's do."""
    return psycopg.connect(url, autocommit=True, prepare_threshold=None, options="-c jit=off -c timezone=UTC")


def fetch(
    connection: psycopg.Connection[Row], statements: tuple[str, ...], values: Mapping[str, Any]
) -> list[list[Row]]:
    """All rows of each of the statements."""
    known = {"organization": ORGANIZATION, "now": datetime.now(UTC), **values}
    return [connection.execute(statement, known).fetchall() for statement in statements]
