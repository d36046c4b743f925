"""The data of `bench_agents`: AI agents with customers, callbacks of past weeks and coming days, and calls.

Everything follows from row numbers, so that two runs have the same rows but for the moment they stand around.
"""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from accounts.models import Organization, Role, User
from accounts.services.sessions import open_session
from core import tenancy

ORGANIZATION: Final = UUID(int=1)
ADMIN: Final = UUID(int=2)
AGENTS: Final = 200
CUSTOMERS: Final = 200_000
CALLBACKS: Final = 400_000
CALLS: Final = 200_000
# The quarter of an hour that has begun.
NOW: Final = datetime.fromtimestamp(datetime.now(UTC).timestamp() // 900 * 900, UTC)

FIRST_NAMES: Final = (
    "John Mary Peter Lucy Paul Anna Mark Emma Luke Nora James Alice Adam Clara David Elena Felix Grace Hugo Irene Jonas"
    " Karin Leon Maya Noah Olga Oscar Paula Quentin Rosa Simon Tessa Victor Wanda Xavier Yvonne Zoltan Agnes Bruno Kai"
)
LAST_NAMES: Final = (
    "Smith Johnson Brown Garcia Miller Davis Lopez Wilson Moore Taylor Thomas Lee White Harris Clark Lewis Young Walker"
    " Hall Allen King Wright Scott Green Baker Adams Nelson Hill Campbell Mitchell Roberts Carter Phillips Evans Turner"
    " Parker Collins Edwards Stewart Morris Rogers Reed Cook Morgan Bell Murphy Bailey Rivera Cooper Richardson"
)

FILL: Final = (
    """
    INSERT INTO agents_aiagent (id, organization_id, owner_id, name, personality_type, voice_model, status,
        training_level, timezone, working_hours_start, working_hours_end, max_daily_calls, business_info, sales_goals,
        initial_script, total_calls, successful_calls, conversions, calendar_version, created_at, updated_at)
    SELECT md5('agent' || n)::uuid, %(organization)s, md5('owner' || n)::uuid, 'Agent ' || n, 'friendly',
        'en-US-female-1', (ARRAY['active', 'active', 'learning', 'training', 'paused'])[1 + n %% 5], 40 + n %% 60,
        (ARRAY['UTC', 'Europe/Paris', 'America/New_York'])[1 + n %% 3], '00:00', '00:00', 50,
        '{"company_name": "TechSolutions Inc"}', '{"target_conversions": 100}', 'Hi, this is Sarah …', 0, 0, 0, 1,
        made, made
    FROM generate_series(0::bigint, %(agents)s - 1) AS n,
        LATERAL (SELECT %(now)s - (400 - n) * interval '1 day' AS made) AS moment
    """,
    # An agent has two thousand, half an hour apart: a tenth is still to come, a twelfth of the others was missed.
    """
    CREATE TEMPORARY TABLE new_callback AS
    SELECT md5('callback' || n)::uuid AS id, n %% %(agents)s AS agent, (n * 377 / %(agents)s) %% 1000 AS customer, at,
        CASE
            WHEN at >= %(now)s THEN (ARRAY['scheduled', 'scheduled', 'scheduled', 'rescheduled'])[1 + draw %% 4]
            WHEN draw < 8 THEN (ARRAY['scheduled', 'rescheduled'])[1 + draw %% 2]
            WHEN draw < 20 THEN 'cancelled'
            ELSE 'completed'
        END AS status
    FROM generate_series(0::bigint, %(callbacks)s - 1) AS n,
        LATERAL (SELECT n * 7919 %% 100 AS draw) AS drawn,
        LATERAL (SELECT %(now)s + (n / %(agents)s - 1800) * interval '30 minutes' AS at) AS moment
    """,
    # An agent has a thousand, over sixty days.
    """
    CREATE TEMPORARY TABLE new_call AS
    SELECT md5('call' || n)::uuid AS id, n %% %(agents)s AS agent, n * 613 / %(agents)s %% 1000 AS customer,
        %(now)s - (1000 - n / %(agents)s) * interval '86 minutes' AS at,
        (ARRAY['completed', 'completed', 'completed', 'completed', 'completed', 'completed', 'completed', 'no_answer',
            'busy', 'failed'])[1 + n * 7919 %% 10] AS status
    FROM generate_series(0::bigint, %(calls)s - 1) AS n
    """,
    """
    INSERT INTO agents_customer (id, organization_id, agent_id, phone_number, name, email, interest_level,
        call_preference_time, communication_style, preferences, notes, do_not_call, converted_at, total_calls,
        last_call_at, next_followup, created_at, updated_at)
    SELECT md5('customer' || n)::uuid, %(organization)s, md5('agent' || n %% %(agents)s)::uuid,
        '+1' || 2010000000 + n * 7, first || ' ' || surname, lower(first || '.' || surname) || n || '@'
        || (ARRAY['example.com', 'example.com', 'mail.test', 'company.test'])[1 + n * 13 %% 4], level, 'anytime', '',
        '{"budget_range": "$1000-5000"}', 'Interested in cloud automation solutions', n %% 97 = 0,
        CASE level WHEN 'converted' THEN %(now)s - n %% 80 * interval '1 day' END, coalesce(call.number, 0),
        call.last, callback.next, made, made
    FROM generate_series(0::bigint, %(customers)s - 1) AS n
    CROSS JOIN LATERAL (
        SELECT (%(first_names)s::text[])[1 + n * 31 / 7 %% 40] AS first,
            (%(last_names)s::text[])[1 + n * 17 / 11 %% 50] AS surname,
            (ARRAY['cold', 'cold', 'cold', 'warm', 'warm', 'warm', 'hot', 'hot', 'hot', 'converted'])[1 + n / 200 %% 10]
                AS level,
            %(now)s - (%(customers)s - n) * interval '2 minutes' AS made
    ) AS drawn
    LEFT JOIN (
        SELECT agent, customer, count(*) AS number, max(at) AS last FROM new_call GROUP BY agent, customer
    ) AS call ON call.agent = n %% %(agents)s AND call.customer = n / %(agents)s
    LEFT JOIN (
        SELECT agent, customer, min(at) AS next FROM new_callback WHERE status IN ('scheduled', 'rescheduled')
        GROUP BY agent, customer
    ) AS callback ON callback.agent = n %% %(agents)s AND callback.customer = n / %(agents)s
    """,
    """
    INSERT INTO agents_callback (id, organization_id, agent_id, customer_id, scheduled_datetime, ends_at, status,
        priority_level, reason, notes, expected_outcome, outcome, reschedule_count, started_at, completed_at,
        cancelled_at, created_at, updated_at)
    SELECT id, %(organization)s, md5('agent' || agent)::uuid, md5('customer' || customer * %(agents)s + agent)::uuid,
        at, at + interval '15 minutes', status, 1 + agent %% 5, 'Follow-up on pricing discussion',
        'Customer wants to discuss enterprise package', 'Quote approval', '', (status = 'rescheduled')::int,
        CASE status WHEN 'completed' THEN at END, CASE status WHEN 'completed' THEN at + interval '5 minutes' END,
        CASE status WHEN 'cancelled' THEN at - interval '1 day' END, at - interval '7 days', at - interval '7 days'
    FROM new_callback ORDER BY at, agent
    """,
    """
    INSERT INTO agents_call (id, organization_id, agent_id, customer_id, direction, status, outcome, interest_level,
        started_at, ended_at, duration_seconds, notes, created_at, updated_at)
    SELECT id, %(organization)s, md5('agent' || agent)::uuid, md5('customer' || customer * %(agents)s + agent)::uuid,
        'outbound', status, CASE status WHEN 'completed' THEN 'interested' ELSE '' END, '', at,
        at + interval '4 minutes', CASE status WHEN 'completed' THEN 60 + customer ELSE 0 END, '', at, at
    FROM new_call ORDER BY at, agent
    """,
    """
    UPDATE agents_aiagent AS agent SET total_calls = counted.calls, successful_calls = counted.completed,
        last_call_at = counted.last, conversions = (SELECT count(*) FROM agents_customer AS customer
            WHERE customer.agent_id = agent.id AND interest_level = 'converted')
    FROM (
        SELECT agent_id, count(*) AS calls, count(*) FILTER (WHERE status = 'completed') AS completed,
            max(started_at) AS last
        FROM agents_call GROUP BY agent_id
    ) AS counted
    WHERE counted.agent_id = agent.id
    """,
    "DROP TABLE new_call, new_callback",
    "VACUUM ANALYZE",
    "CHECKPOINT",
)


def fill() -> str:
    """Make the data, and return an access token of the organization's admin."""
    Organization.objects.create(pk=ORGANIZATION, name="Benchmark", slug="benchmark")
    run("SET statement_timeout = 0")
    owners = [run(f"SELECT md5('owner{number}')::uuid")[0][0] for number in range(AGENTS)]
    common: dict[str, Any] = {"organization_id": ORGANIZATION, "password": "!"}
    admin = User(pk=ADMIN, email="admin@bench.test", role=Role.ADMIN, **common)
    clients = [User(pk=pk, email=f"{pk}@bench.test", role=Role.CLIENT, **common) for pk in owners]
    User.unscoped.bulk_create([admin, *clients])
    for statement in FILL:
        run(statement)
    run("RESET statement_timeout")
    with tenancy.no_scope():
        return open_session(user=admin).tokens.access


def run(statement: str) -> list[tuple[Any, ...]]:
    """Run a statement with the parameters of the data."""
    values: dict[str, Any] = {
        "organization": ORGANIZATION,
        "agents": AGENTS,
        "customers": CUSTOMERS,
        "callbacks": CALLBACKS,
        "calls": CALLS,
        "now": NOW,
        "first_names": FIRST_NAMES.split(),
        "last_names": LAST_NAMES.split(),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []
