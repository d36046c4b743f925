"""The cast, and collections that are empty."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from rest_framework.test import APIClient

from analytics.documents import METRIC_EVENTS, METRIC_ROLLUPS
from core.testing.mongo import start_empty
from tests.counting import counting

DAILY = "/api/v1/analytics/daily/"
HOURLY = "/api/v1/analytics/hourly/"
METRICS = "/api/v1/analytics/metrics/"
EVENTS = "/api/v1/analytics/events/"
NOW = datetime(2026, 1, 27, 10, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_metrics() -> None:
    """Neither events nor sums of any organization."""
    start_empty(METRIC_EVENTS)
    start_empty(METRIC_ROLLUPS)


@pytest.fixture
def admin(ours, logged_in) -> APIClient:
    """An admin of ours, logged in."""
    return logged_in(ours.admin)


@pytest.fixture
def reader(ours, logged_in) -> APIClient:
    """A client of ours, logged in: he reads."""
    return logged_in(ours.client)


@pytest.fixture
def stranger(theirs, logged_in) -> APIClient:
    """The admin of the organization next door."""
    return logged_in(theirs.admin)


@pytest.fixture
def standing_clock():
    """The clock stands at `NOW`."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def counted():
    """`with counted("GET daily"):` asserts how many queries the block runs."""
    return counting(Path(__file__).with_name("query_counts.json"))
