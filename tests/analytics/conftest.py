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
NOW = datetime(2046, 1, 27, 10, 20, tzinfo=UTC)


def at_the_door(caller: APIClient) -> APIClient:
    """Whoever was there before costs no query to be known again."""
    assert caller.get(METRICS).status_code == 200
    return caller


@pytest.fixture(autouse=True)
def _no_metrics() -> None:
    """Neither events nor sums of any organization."""
    start_empty(METRIC_EVENTS)
    start_empty(METRIC_ROLLUPS)


@pytest.fixture
def admin(ours, logged_in) -> APIClient:
    """An admin of ours, logged in and known at the door."""
    return at_the_door(logged_in(ours.admin))


@pytest.fixture
def reader(ours, logged_in) -> APIClient:
    """A client of ours, logged in and known at the door: he reads."""
    return at_the_door(logged_in(ours.client))


@pytest.fixture
def stranger(theirs, logged_in) -> APIClient:
    """The admin of the organization next door."""
    return logged_in(theirs.admin)


@pytest.fixture
def standing_clock():
    """The clock stands at `NOW`, where logins have not ended by the clock of the database."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def counted():
    """`with counted("GET daily"):` asserts how many queries the block runs."""
    return counting(Path(__file__).with_name("query_counts.json"))
