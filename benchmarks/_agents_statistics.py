"""The statistics of a month and of the one before, asked for by hand: one pass over each table where one is enough."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from benchmarks._agents_cases import AI, require_same
from benchmarks._agents_sql import Row

CALL_STATUSES: Final = ("in_progress", "completed", "no_answer", "busy", "failed")
OUTCOMES: Final = ("interested", "not_interested", "callback_requested", "converted", "do_not_call", "other")
LEVELS: Final = ("cold", "warm", "hot", "converted")
AGENT_STATUSES: Final = ("training", "learning", "active", "optimizing", "paused")
# In the order of the answer: the month, and the one before.
ENDS: Final = ("until", "current")
BEGINS: Final = ("current", "previous")
CALLED: Final = "organization_id = %(organization)s AND started_at >= %(previous)s AND started_at < %(until)s"
IS_BEFORE: Final = "(started_at < %(current)s)"


def filtered(column: str, values: tuple[str, ...], more: str = "") -> str:
    """A count of each value."""
    return ", ".join(f"count(*) FILTER (WHERE {column} = '{value}'{more})" for value in values)


CALLS: Final = f"""
SELECT {IS_BEFORE}, count(*), {filtered("status", CALL_STATUSES)}, {filtered("outcome", OUTCOMES)},
    {filtered("direction", ("outbound", "inbound"))}, sum(duration_seconds),
    round(avg(duration_seconds) FILTER (WHERE status = 'completed'), 1)::float8
FROM agents_call WHERE {CALLED} GROUP BY 1 ORDER BY 1
"""
DAYS: Final = f"""
SELECT started_at::date, count(*), count(*) FILTER (WHERE status = 'completed') FROM agents_call WHERE {CALLED}
GROUP BY 1 ORDER BY 1
"""
HOURS: Final = f"""
SELECT {IS_BEFORE}, extract(hour FROM started_at)::int, count(*) FROM agents_call WHERE {CALLED} GROUP BY 1, 2
ORDER BY 1, 3 DESC, 2
"""
CUSTOMERS: Final = "SELECT {} FROM agents_customer WHERE organization_id = %(organization)s".format(
    ", ".join(
        f"""count(*) FILTER (WHERE created_at < %({end})s),
        count(*) FILTER (WHERE created_at >= %({begin})s AND created_at < %({end})s),
        {filtered("interest_level", LEVELS, f" AND created_at < %({end})s")},
        count(*) FILTER (WHERE converted_at >= %({begin})s AND converted_at < %({end})s),
        count(*) FILTER (WHERE do_not_call AND created_at < %({end})s)"""
        for begin, end in zip(BEGINS, ENDS, strict=True)
    )
)
# Distinct customers are found by hashing; count(DISTINCT …) would sort them.
CUSTOMERS_CALLED: Final = f"""
SELECT is_before, count(*), count(customer.id)
FROM (SELECT DISTINCT {IS_BEFORE} AS is_before, customer_id FROM agents_call WHERE {CALLED}) AS called
LEFT JOIN agents_customer AS customer ON customer.id = customer_id AND converted_at >= %(previous)s
    AND converted_at < %(until)s AND (converted_at < %(current)s) = is_before
GROUP BY 1 ORDER BY 1
"""
CALLBACKS: Final = """
SELECT scheduled_datetime < %(current)s, count(*) FILTER (WHERE status IN ('scheduled', 'rescheduled')),
    count(*) FILTER (WHERE status = 'in_progress'), count(*) FILTER (WHERE status = 'completed'),
    count(*) FILTER (WHERE status = 'cancelled'),
    count(*) FILTER (WHERE status IN ('scheduled', 'rescheduled') AND scheduled_datetime < %(now)s)
FROM agents_callback
WHERE organization_id = %(organization)s AND scheduled_datetime >= %(previous)s AND scheduled_datetime < %(until)s
GROUP BY 1 ORDER BY 1
"""
AGENTS: Final = "SELECT {} FROM agents_aiagent WHERE organization_id = %(organization)s".format(
    ", ".join(
        f"""count(*) FILTER (WHERE created_at < %({end})s),
        {filtered("status", AGENT_STATUSES, f" AND created_at < %({end})s")},
        count(*) FILTER (WHERE status IN ('active', 'learning') AND training_level >= 20 AND created_at < %({end})s),
        round(avg(training_level) FILTER (WHERE created_at < %({end})s), 1)::float8"""
        for end in ENDS
    )
)
RANKING: Final = f"""
WITH called AS (
    SELECT {IS_BEFORE} AS is_before, agent_id, count(*) AS calls,
        count(*) FILTER (WHERE status = 'completed') AS completed
    FROM agents_call WHERE {CALLED} GROUP BY 1, 2
), won AS (
    SELECT converted_at < %(current)s AS is_before, agent_id, count(*) AS conversions FROM agents_customer
    WHERE organization_id = %(organization)s AND converted_at >= %(previous)s AND converted_at < %(until)s GROUP BY 1, 2
), ranked AS (
    SELECT is_before, agent_id, name, calls, completed, won.conversions, row_number() OVER (
        PARTITION BY is_before ORDER BY won.conversions DESC NULLS LAST, completed DESC, calls DESC, name, agent_id
    ) AS rank
    FROM called LEFT JOIN won USING (is_before, agent_id) JOIN agents_aiagent AS agent ON agent.id = agent_id
)
SELECT is_before, agent_id, calls, completed, conversions FROM ranked WHERE rank <= 10 ORDER BY is_before, rank
"""


def month(moment: datetime) -> dict[str, datetime]:
    """When this month, the one before and the next one begin, UTC."""
    current = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    previous = (current - timedelta(days=1)).replace(day=1)
    return {"previous": previous, "current": current, "until": (current + timedelta(days=31)).replace(day=1)}


@dataclass(frozen=True, slots=True)
class Statistics:
    """A month of all AI agents, and the one before."""

    name: str = "statistics of a month"
    path: str = f"{AI}/stats/?time_period=month"
    peer_path: str = ""
    statements: tuple[str, ...] = (CALLS, DAYS, HOURS, CUSTOMERS, CUSTOMERS_CALLED, CALLBACKS, AGENTS, RANKING)
    values: Mapping[str, Any] = field(default_factory=lambda: month(datetime.now(UTC)))

    def require_same(self, rows: list[list[Row]], answer: Mapping[str, Any]) -> None:
        """Raise AssertionError unless our answer has the numbers of the statements."""
        for number, found in enumerate((answer["data"], answer["data"]["previous"])):
            require_same(self._by_hand(rows, number), told(found), self.name)

    def _by_hand(self, rows: list[list[Row]], number: int) -> dict[str, Any]:
        calls, days, hours, [customers], called, callbacks, [agents], ranking = rows
        begin, end = (self.values[names[number]].date() for names in (BEGINS, ENDS))
        half, is_before = slice(number * 8, number * 8 + 8), bool(number)
        return {
            "calls": list(calls[number][1:]),
            "unique_customers": called[number][1],
            "days": [[str(day), *counts] for day, *counts in days if begin <= day < end],
            "busiest": next(list(counts) for before, *counts in hours if before == is_before),
            "customers": list(customers[half]),
            "conversion_rate": round(called[number][2] / called[number][1], 4),
            "callbacks": list(callbacks[number][1:]),
            "agents": list(agents[half]),
            "ranking": [[str(row[1]), *row[2:]] for row in ranking if row[0] == is_before],
        }


def told(found: Mapping[str, Any]) -> dict[str, Any]:
    """Our answer about one of the months, in the order of the statements."""
    calls, customers = found["call_statistics"], found["customer_statistics"]
    agents, metrics = found["agents_overview"], found["performance_metrics"]
    counts = [
        calls["total"],
        *(count for by in ("status", "outcome", "direction") for count in calls[f"by_{by}"].values()),
    ]
    durations = [calls["total_duration_seconds"], calls["average_duration_seconds"]]
    callbacks = ("scheduled", "in_progress", "completed", "cancelled", "overdue")
    ranked = ("agent_id", "calls", "completed", "conversions")
    return {
        "calls": [*counts, *durations],
        "unique_customers": calls["unique_customers"],
        "days": [list(day.values()) for day in calls["per_day"] if day["total"]],
        "busiest": list(calls["busiest_hour"].values()),
        "customers": [
            *(customers["total"], customers["new"], *customers["by_interest_level"].values()),
            *(customers["converted"], customers["do_not_call"]),
        ],
        "conversion_rate": metrics["conversion_rate"],
        "callbacks": [metrics[f"callbacks_{name}"] for name in callbacks],
        "agents": [
            *(agents["total"], *agents["by_status"].values()),
            *(agents["ready_for_calls"], agents["average_training_level"]),
        ],
        "ranking": [[agent[name] for name in ranked] for agent in metrics["top_agents"]],
    }
