"""The four groups, out of what PostgreSQL answered."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from agents.models import AgentStatus, CallDirection, CallOutcome, CallStatus, InterestLevel
from agents.selectors.statistics.asking import Row, ratio
from agents.selectors.statistics.periods import Period

Found = dict[str, Any]
OUTCOMES: Final = CallOutcome.values
CALLBACKS: Final = ("scheduled", "in_progress", "completed", "cancelled", "overdue")


def agents_overview(row: Row) -> Found:
    """How many AI agents there were at the end, as they are now."""
    return {
        "total": row["total"],
        "by_status": {status: row[status] for status in AgentStatus.values},
        "ready_for_calls": row["ready_for_calls"],
        "average_training_level": row["average_training_level"],
    }


def customer_statistics(row: Row) -> Found:
    """How many customers there were at the end, as they are now, and what came in the period."""
    count = _numbers(row)
    return {
        "total": count["total"],
        "new": count["new"],
        "by_interest_level": {level: count[level] for level in InterestLevel.values},
        "converted": count["converted_in_period"],
        "do_not_call": count["do_not_call"],
    }


def call_statistics(row: Row, hours: Sequence[Row], days: Sequence[date]) -> Found:
    """The calls that began in the period."""
    by_hour: Counter[int] = Counter()
    of_day: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for cell in hours:
        by_hour[cell["hour"]] += cell["calls"]
        of_day[cell["day"]].update({"total": cell["calls"], "completed": cell["completed"]})
    busiest = min(by_hour, key=lambda hour: (-by_hour[hour], hour), default=None)
    count = _numbers(row)
    return {
        "total": count["total"],
        "by_status": {status: count[status] for status in CallStatus.values},
        "by_outcome": {outcome: count[outcome] for outcome in OUTCOMES},
        "by_direction": {direction: count[direction] for direction in CallDirection.values},
        "total_duration_seconds": count["total_duration_seconds"],
        "average_duration_seconds": row.get("average_duration_seconds"),
        "unique_customers": count["unique_customers"],
        "per_day": [
            {"date": day, "total": of_day[day]["total"], "completed": of_day[day]["completed"]} for day in days
        ],
        "busiest_hour": None if busiest is None else {"hour": busiest, "calls": by_hour[busiest]},
    }


def performance_metrics(agents: Row, calls: Row, callbacks: Row, ranking: Sequence[Row], *, days: int) -> Found:
    """What came of it."""
    call, callback = _numbers(calls), _numbers(callbacks)
    settled = callback["completed"] + callback["cancelled"] + callback["overdue"]
    return {
        "answer_rate": ratio(call["completed"], call["total"] - call["in_progress"]),
        "conversion_rate": ratio(call["converted_customers"], call["unique_customers"]),
        **{f"callbacks_{name}": callback[name] for name in CALLBACKS},
        "callback_completion_rate": ratio(callback["completed"], settled),
        "calls_per_agent_and_day": ratio(call["total"], agents["total"] * days),
        "goals": _goal(agents["target_conversions"], agents["conversions_of_targets"]),
        "top_agents": [_ranked(row) for row in ranking],
    }


def days_of(period: Period, moment: datetime, earliest: datetime | None) -> int:
    """How many days have begun; of all of time, those since the earliest call."""
    if period.first is not None:
        return len(period.days(moment))
    zone = period.zone
    return (moment.astimezone(zone).date() - earliest.astimezone(zone).date()).days + 1 if earliest else 0


def _numbers(row: Row) -> Counter[str]:
    """What was counted; there is no row of nothing."""
    return Counter({name: value for name, value in row.items() if value is not None})


def _ranked(row: Row) -> Found:
    return {
        "agent_id": row["agent_id"],
        "name": row["name"],
        "calls": row["calls"],
        "completed": row["completed"],
        "conversions": row["conversions"],
        "answer_rate": ratio(row["completed"], row["ended"]),
        "goal": _goal(row["target"], row["conversions_so_far"]),
    }


def _goal(target: float | None, conversions: int | None) -> Found | None:
    """How far an AI agent has come since it was made, in what was to be reached."""
    if not target:
        return None
    whole = int(target) if target == int(target) else target
    done = conversions or 0
    return {"target_conversions": whole, "conversions": done, "progress": ratio(done, target)}
