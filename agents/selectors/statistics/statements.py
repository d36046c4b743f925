"""What PostgreSQL is asked. Each statement answers for both periods; `{agents}` and `{rows}` are of scope."""

from typing import Final

from agents.models import WAITING, AgentStatus, CallbackStatus, CallDirection, CallOutcome, CallStatus, InterestLevel
from agents.models.agents import CALLING, TRAINED

IN_PERIODS: Final = "{column} >= %(since)s AND {column} < %(until)s"
NUMBER: Final = "width_bucket({column}, %(edges)s::timestamptz[])"
# The day and the hour on the periods' own clock.
WALL: Final = """started_at AT TIME ZONE 'UTC'
    + (%(offsets)s::interval[])[greatest(width_bucket(started_at, %(changes)s::timestamptz[]), 1)]"""


def _each(column: str, values: list[str]) -> str:
    return ", ".join(f"count(*) FILTER (WHERE {column} = '{value}') AS {value}" for value in values)


def _summed(column: str, values: list[str]) -> str:
    return ", ".join(
        f"coalesce(sum(number) FILTER (WHERE {column} = '{value}'), 0)::bigint AS {value}" for value in values
    )


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


# A number above nothing is a goal, and nothing else that somebody wrote there.
TARGET: Final = """CASE WHEN jsonb_typeof(sales_goals -> 'target_conversions') = 'number'
    THEN nullif(greatest((sales_goals ->> 'target_conversions')::float8, 0), 0) END"""
AGENTS: Final = f"""
    WITH agent AS (SELECT *, {TARGET} AS target FROM agents_aiagent WHERE {{agents}})
    SELECT asked.period, count(agent.id) AS total, {_each("status", AgentStatus.values)},
        count(*) FILTER (WHERE status IN ({_listed(CALLING)}) AND training_level >= {TRAINED}) AS ready_for_calls,
        round(avg(training_level), 1)::float8 AS average_training_level,
        sum(target) AS target_conversions,
        (sum(conversions) FILTER (WHERE target IS NOT NULL))::bigint AS conversions_of_targets
    FROM (VALUES (1, (%(edges)s::timestamptz[])[2]), (2, (%(edges)s::timestamptz[])[3])) AS asked (period, ends)
    LEFT JOIN agent ON agent.created_at < asked.ends
    GROUP BY asked.period
"""  # noqa: S608 -- constants only

CUSTOMERS: Final = f"""
    WITH made AS (
        SELECT interest_level, do_not_call, {NUMBER.format(column="created_at")} AS period, count(*) AS number
        FROM agents_customer WHERE {{rows}} GROUP BY 1, 2, 3
    ), won AS (
        SELECT {NUMBER.format(column="converted_at")} AS period, count(*) AS number
        FROM agents_customer WHERE {{rows}} AND {IN_PERIODS.format(column="converted_at")} GROUP BY 1
    )
    SELECT asked.period, coalesce(sum(number), 0)::bigint AS total,
        coalesce(sum(number) FILTER (WHERE made.period = asked.period), 0)::bigint AS new,
        {_summed("interest_level", InterestLevel.values)},
        coalesce(sum(number) FILTER (WHERE do_not_call), 0)::bigint AS do_not_call,
        coalesce((SELECT won.number FROM won WHERE won.period = asked.period), 0) AS converted_in_period
    FROM (VALUES (1), (2)) AS asked (period) LEFT JOIN made ON made.period <= asked.period
    GROUP BY asked.period
"""  # noqa: S608 -- constants only

CALLS: Final = f"""
    WITH call AS (
        SELECT {NUMBER.format(column="started_at")} AS period, *
        FROM agents_call WHERE {{rows}} AND {IN_PERIODS.format(column="started_at")}
    ), counted AS (
        SELECT period, count(*) AS total, {_each("status", CallStatus.values)}, {_each("outcome", CallOutcome.values)},
            {_each("direction", CallDirection.values)}, sum(duration_seconds) AS total_duration_seconds,
            round(avg(duration_seconds) FILTER (WHERE status = 'completed'), 1)::float8 AS average_duration_seconds,
            min(started_at) AS earliest
        FROM call GROUP BY period
    ), called AS (
        SELECT period, count(*) AS unique_customers, count(won.id) AS converted_customers
        FROM (SELECT DISTINCT period, customer_id FROM call) AS pair
        LEFT JOIN (
            SELECT id, {NUMBER.format(column="converted_at")} AS won_in FROM agents_customer
            WHERE {{rows}} AND {IN_PERIODS.format(column="converted_at")}
        ) AS won ON won.id = pair.customer_id AND won.won_in = pair.period
        GROUP BY period
    )
    SELECT * FROM counted JOIN called USING (period)
"""  # noqa: S608 -- constants only

# Of all of time, days are not told, and so not told apart.
HOURS: Final = f"""
    SELECT {NUMBER.format(column="started_at")} AS period, {{day}} AS day, extract(hour FROM {WALL})::int AS hour,
        count(*) AS calls, count(*) FILTER (WHERE status = 'completed') AS completed
    FROM agents_call WHERE {{rows}} AND {IN_PERIODS.format(column="started_at")}
    GROUP BY 1, 2, 3
"""  # noqa: S608 -- constants only
DAY: Final = f"({WALL})::date"
NO_DAY: Final = "NULL::date"

CALLBACKS: Final = f"""
    SELECT {NUMBER.format(column="scheduled_datetime")} AS period,
        count(*) FILTER (WHERE status IN ({_listed(WAITING)})) AS scheduled,
        {_each("status", [CallbackStatus.IN_PROGRESS, CallbackStatus.COMPLETED, CallbackStatus.CANCELLED])},
        count(*) FILTER (WHERE status IN ({_listed(WAITING)}) AND scheduled_datetime < %(moment)s) AS overdue
    FROM agents_callback WHERE {{rows}} AND {IN_PERIODS.format(column="scheduled_datetime")}
    GROUP BY 1
"""  # noqa: S608 -- constants only

RANKING: Final = f"""
    WITH called AS (
        SELECT agent_id, {NUMBER.format(column="started_at")} AS period, count(*) AS calls,
            count(*) FILTER (WHERE status = 'completed') AS completed,
            count(*) FILTER (WHERE status <> 'in_progress') AS ended
        FROM agents_call WHERE {{rows}} AND {IN_PERIODS.format(column="started_at")} GROUP BY 1, 2
    ), won AS (
        SELECT agent_id, {NUMBER.format(column="converted_at")} AS period, count(*) AS conversions
        FROM agents_customer WHERE {{rows}} AND {IN_PERIODS.format(column="converted_at")} GROUP BY 1, 2
    ), ranked AS (
        SELECT period, agent_id, name, coalesce(calls, 0) AS calls, coalesce(completed, 0) AS completed,
            coalesce(ended, 0) AS ended, coalesce(won.conversions, 0) AS conversions,
            {TARGET} AS target, agent.conversions AS conversions_so_far,
            row_number() OVER (PARTITION BY period ORDER BY coalesce(won.conversions, 0) DESC,
                coalesce(completed, 0) DESC, coalesce(calls, 0) DESC, name, agent_id) AS rank
        FROM called FULL JOIN won USING (agent_id, period) JOIN agents_aiagent AS agent ON agent.id = agent_id
    )
    SELECT * FROM ranked WHERE rank <= 10 ORDER BY period, rank
"""  # noqa: S608 -- constants only
