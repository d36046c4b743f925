"""Asking for statistics, in January 2031."""

from datetime import UTC, datetime
from typing import Any

from rest_framework.test import APIClient

STATS = "/api/agents/ai/stats/"
# A Wednesday, later than any login of these tests.
NOW = datetime(2031, 1, 15, 12, tzinfo=UTC)


def stats(caller: APIClient, **parameters: str) -> dict[str, Any]:
    """The answer."""
    answer = caller.get(STATS, parameters)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def at(day: int, hour: int = 10, minute: int = 0, *, month: int = 1, year: int = 2031) -> datetime:
    """A time in UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)
