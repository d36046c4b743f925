"""What PostgreSQL is asked. Each statement answers for both periods; `{agents}` and `{rows}` are of scope."""

from typing import Final

from agents.models import WAITING, AgentStatus, CallbackStatus, CallDirection, CallOutcome, CallStatus, InterestLevel
from agents.models.agents import CALLING, TRAINED

IN_PERIODS: Final = "{column} >= %(since)s AND {column} < %(until)s"
# Which of them it is: 1 is the one before, 2 the one asked for.
NUMBER: Final = "CASE WHEN {column} < %(begin)s THEN 1 ELSE 2 END"
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
    FROM (VALUES (1, %(begin)s), (2, %(until)s)) AS asked (period, ends)
    LEFT JOIN agent ON agent.created_at < asked.ends
    GROUP BY asked.period
"""  # noqa: S608 -- constants only

CUSTOMERS: Final = f"""
    WITH standing AS MATERIALIZED (
        SELECT interest_level, do_not_call, count(*) FILTER (WHERE created_at < %(since)s) AS earlier,
            count(*) FILTER (WHERE created_at >= %(since)s AND created_at < %(begin)s) AS before,
            count(*) FILTER (WHERE created_at >= %(begin)s AND created_at < %(until)s) AS now
        FROM agents_customer WHERE {{rows}} GROUP BY 1, 2
    ), won AS MATERIALIZED (
        SELECT {NUMBER.format(column="converted_at")} AS period, count(*) AS converted_in_period
        FROM agents_customer WHERE {{rows}} AND {IN_PERIODS.format(column="converted_at")} GROUP BY 1
    ), counted AS (
        SELECT period, sum(number)::bigint AS total, sum(new)::bigint AS new,
            {_summed("interest_level", InterestLevel.values)},
            coalesce(sum(number) FILTER (WHERE do_not_call), 0)::bigint AS do_not_call
        FROM standing, LATERAL (VALUES (1, earlier + before, before), (2, earlier + before + now, now))
            AS asked (period, number, new)
        GROUP BY period
    )
    SELECT * FROM counted LEFT JOIN won USING (period)
"""  # noqa: S608 -- constants only

CALLS: Final = f"""
    WITH cell AS (
        SELECT {NUMBER.format(column="started_at")} AS period, status, outcome, direction, count(*) AS number,
            sum(duration_seconds) AS duration, min(started_at) AS earliest
        FROM agents_call WHERE {{rows}} AND {IN_PERIODS.format(column="started_at")} GROUP BY 1, 2, 3, 4
    ), called AS MATERIALIZED (
        SELECT period, count(*) AS unique_customers FROM (
            SELECT DISTINCT {NUMBER.format(column="started_at")} AS period, customer_id
            FROM agents_call WHERE {{rows}} AND {IN_PERIODS.format(column="started_at")}
        ) AS pair GROUP BY 1
    ), won AS MATERIALIZED (
        SELECT {NUMBER.format(column="converted_at")} AS period, count(*) AS converted_customers
        FROM agents_customer AS customer
        WHERE {{rows}} AND {IN_PERIODS.format(column="converted_at")} AND EXISTS (
            SELECT FROM agents_call AS call WHERE call.customer_id = customer.id
                AND {IN_PERIODS.format(column="started_at")}
                AND (started_at < %(begin)s) = (converted_at < %(begin)s)
        )
        GROUP BY 1
    ), counted AS (
        SELECT period, sum(number)::bigint AS total, {_summed("status", CallStatus.values)},
            {_summed("outcome", CallOutcome.values)}, {_summed("direction", CallDirection.values)},
            sum(duration)::bigint AS total_duration_seconds, min(earliest) AS earliest,
            round(sum(duration) FILTER (WHERE status = 'completed')
                / sum(number) FILTER (WHERE status = 'completed'), 1)::float8 AS average_duration_seconds
        FROM cell GROUP BY period
    )
    SELECT * FROM counted LEFT JOIN called USING (period) LEFT JOIN won USING (period)
"""  # noqa: S608 -- constants only

# Of all of time, days are not told, and so not told apart.
HOURS: Final = f"""
    SELECT period, {{day}} AS day, extract(hour FROM wall)::int AS hour, sum(calls)::bigint AS calls,
        sum(completed)::bigint AS completed
    FROM (
        SELECT {NUMBER.format(column="started_at")} AS period, date_trunc('hour', {WALL}) AS wall, count(*) AS calls,
            count(*) FILTER (WHERE status = 'completed') AS completed
        FROM agents_call WHERE {{rows}} AND {IN_PERIODS.format(column="started_at")} GROUP BY 1, 2
    ) AS cell
    GROUP BY 1, 2, 3
"""  # noqa: S608 -- constants only
DAY: Final = "wall::date"
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
