"""An upstream that asks for more patience than there is: that is one session's trouble, and not its neighbours'."""

import pytest

from checkin import services
from checkin.models import CheckinSession, RefreshAttempt
from checkin.services.refreshing.judging import LONGEST_WAIT_ASKED_SECONDS
from devstack.upstream.faults import PageFault
from tests.checkin.refreshing.conftest import EMAIL


@pytest.mark.parametrize(
    "asked",
    [
        "300000000000",
        "99999999999999",
        "9" * 400,
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Fri, 01 Jan 99999999999 00:00:00 GMT",
    ],
)
def test_no_wait_that_it_asks_for_is_longer_than_a_day(upstream, in_scope, asked):
    upstream.set_users([EMAIL, "grace@uni.test"])
    services.fetch_users()
    upstream.set_pace(retry_after=asked)
    upstream.set_fault(EMAIL, PageFault.TOO_MANY)

    run = services.refresh_all()

    assert (run.normal, run.failed, run.done) == (1, 1, 2)
    ada = CheckinSession.objects.get(email=EMAIL)
    assert (ada.status, ada.lease_token) == ("failed", None)
    assert (ada.next_refresh_at - ada.attempted_at).total_seconds() <= LONGEST_WAIT_ASKED_SECONDS
    assert not RefreshAttempt.objects.filter(outcome="running").exists()
