"""What tests with the platform's real processes have in common."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.checkout import Checkout


@pytest.fixture(autouse=True)
def _what_is_there_is_enough(settings) -> None:
    """No job fetches sales, but where a test asks for it."""
    settings.MIN_PROPERTIES_PER_CITY = 0


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """A checkout of this test's own."""
    copy = Checkout(tmp_path / "switchboard")
    yield copy
    copy.clean_up()
