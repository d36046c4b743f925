"""What the tests of refreshing have in common: users whom we have fetched, and an upstream that is soon given up."""

from collections.abc import Callable

import pytest

from checkin import services
from checkin.models import CheckinSession

EMAIL = "ada@uni.test"


@pytest.fixture(autouse=True)
def _impatient(settings) -> None:
    settings.CHECKIN_TIMEOUT_SECONDS = 1


@pytest.fixture
def fetched(upstream, in_scope) -> Callable[[int], list[CheckinSession]]:
    """So many users of the upstream, whom we have fetched; nothing has been refreshed."""

    def make(number: int) -> list[CheckinSession]:
        upstream.set_users(f"user{one:02}@uni.test" for one in range(number))
        services.fetch_users()
        return list(CheckinSession.objects.all())

    return make


@pytest.fixture
def ada(upstream, in_scope) -> CheckinSession:
    """The only user's session, fetched and not refreshed."""
    upstream.set_users([EMAIL])
    services.fetch_users()
    return CheckinSession.objects.get()
