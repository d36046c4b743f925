"""Refreshing every session."""

import pytest

from checkin import services
from checkin.models import CheckinSession, RefreshAttempt, RefreshRun


@pytest.fixture
def users(upstream, in_scope) -> dict[str, str]:
    """Seven users of the upstream, whom we have fetched."""
    tokens = upstream.set_users(f"user{number}@uni.test" for number in range(7))
    services.fetch_users()
    return tokens


def test_every_session_is_refreshed_and_its_new_token_is_ours(users, upstream):
    run = services.refresh_all()

    assert (run.total, run.normal, run.done) == (7, 7, 7)
    assert run.finished_at is not None
    for session in CheckinSession.objects.all():
        assert session.status == "normal"
        assert session.error is None
        assert session.token == upstream.user(session.email)["token"] != users[session.email]
        assert (session.token_number, session.confirmed_number, session.confirmed_token) == (2, 2, "")
        assert session.lease_token is None
        assert session.next_refresh_at > session.last_refreshed_at
    assert RefreshAttempt.objects.filter(outcome="normal", has_rotated=True, run=run).count() == 7
    assert RefreshRun.objects.count() == 1
    assert upstream.facts()["overlaps"] == []
