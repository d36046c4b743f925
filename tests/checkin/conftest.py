"""What check-in's tests have in common."""

from pathlib import Path

import pytest

from checkin.upstream.breaking import forget_failures
from tests.counting import counting


@pytest.fixture(autouse=True)
def _unbroken() -> None:
    """That hosts failed in one test is nothing to the next."""
    forget_failures()


@pytest.fixture
def counted():
    """`with counted("GET /path"):` asserts how many queries the block runs."""
    return counting(Path(__file__).with_name("query_counts.json"))
