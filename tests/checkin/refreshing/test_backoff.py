"""How long a session is left alone after a failure."""

from uuid import uuid4

import pytest

from checkin.services.refreshing.claiming import Claim
from checkin.services.refreshing.judging import Standing, judge
from checkin.upstream import Answer, Verdict

CLAIM = Claim(
    session_id=uuid4(),
    attempt_id=1,
    run_id=uuid4(),
    lease_token=uuid4(),
    email="ada@uni.test",
    token="token",
    token_number=1,
    is_confirmed=True,
    doubt=None,
    begin_until=0,
)


def standing(*, failure_count: int, status: str | None = "failed") -> Standing:
    return Standing("ada@uni.test", status, "before", failure_count, 1, None, True, None, True, True)


def wait(failure_count: int, *, is_upstreams_fault: bool = False, wait_seconds: float | None = None) -> float | None:
    answer = Answer(
        verdict=Verdict.FAILED, error="no", is_upstreams_fault=is_upstreams_fault, wait_seconds=wait_seconds
    )
    return judge(CLAIM, answer, standing(failure_count=failure_count)).wait_seconds


def test_it_doubles_up_to_four_hours(settings):
    settings.CHECKIN_REFRESH_SECONDS = 900
    assert [wait(failures) for failures in range(7)] == [900, 1800, 3600, 7200, 14400, 14400, 14400]
    assert wait(10_000) == 14400


def test_where_the_upstream_is_to_blame_it_is_an_hour_at_most(settings):
    settings.CHECKIN_REFRESH_SECONDS = 900
    assert [wait(failures, is_upstreams_fault=True) for failures in range(4)] == [900, 1800, 3600, 3600]


def test_it_is_never_shorter_than_the_ordinary_rhythm(settings):
    settings.CHECKIN_REFRESH_SECONDS = 20_000
    assert wait(0) == wait(5) == wait(0, is_upstreams_fault=True) == 20_000


@pytest.mark.parametrize(("asked", "waits"), [(None, 900), (10, 900), (86_400, 86_400)])
def test_who_asks_for_more_gets_it(settings, asked, waits):
    settings.CHECKIN_REFRESH_SECONDS = 900
    assert wait(0, wait_seconds=asked) == waits
