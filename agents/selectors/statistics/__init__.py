"""AI agents in numbers: a period, and the one before it, each number computed by PostgreSQL."""

from typing import Any
from uuid import UUID

from agents.selectors.statistics import statements
from agents.selectors.statistics.asking import Row, Scope, by_period, fetch, scope_of
from agents.selectors.statistics.groups import (
    agents_overview,
    call_statistics,
    customer_statistics,
    days_of,
    performance_metrics,
)
from agents.selectors.statistics.periods import NAMES, Period, Periods, periods
from core.actor import Actor

__all__ = ["NAMES", "Periods", "periods", "statistics"]

Found = dict[str, Any]


def statistics(actor: Actor, *, agent_id: UUID | None, asked: Periods) -> list[Found]:
    """The four groups and the period: of the one asked for, then of the one before, if there is one.

    Of one AI agent, which the caller must see, or of all that he sees. Seven statements, or one less.
    """
    scope = scope_of(actor, agent_id)
    parts = _asked(scope, asked)
    both = [(2, asked.current), (1, asked.previous)]
    return [_told({name: rows[number] for name, rows in parts.items()}, one, asked) for number, one in both if one]


def _asked(scope: Scope, asked: Periods) -> dict[str, dict[int, list[Row]]]:
    day = statements.DAY if asked.previous else statements.NO_DAY
    texts = {
        "agents": statements.AGENTS,
        "customers": statements.CUSTOMERS,
        "calls": statements.CALLS,
        "hours": statements.HOURS,
        "callbacks": statements.CALLBACKS,
        "ranking": statements.RANKING,
    }
    conditions = {"agents": scope.of_agents, "rows": scope.of_rows, "day": day}
    return {name: by_period(fetch(text.format(**conditions), scope, asked)) for name, text in texts.items()}


def _told(rows: dict[str, list[Row]], period: Period, asked: Periods) -> Found:
    [agents] = rows["agents"]
    customers, calls, callbacks = (next(iter(rows[name]), {}) for name in ("customers", "calls", "callbacks"))
    return {
        "period": {
            "from": period.since if period.first else None,
            "to": period.until if period.after else None,
            "tz": period.zone.key,
        },
        "agents_overview": agents_overview(agents),
        "call_statistics": call_statistics(calls, rows["hours"], period.days(asked.moment)),
        "customer_statistics": customer_statistics(customers),
        "performance_metrics": performance_metrics(
            agents,
            calls,
            callbacks,
            rows["ranking"],
            days=days_of(period, asked.moment, calls.get("earliest")),
        ),
    }
