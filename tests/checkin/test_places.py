"""Requests that wait for the upstream leave threads to others."""

from contextlib import ExitStack

import pytest

from checkin.models import RefreshAttempt, RefreshRun
from checkin.views.sessions import WAITING

pytestmark = pytest.mark.django_db


@pytest.fixture
def fetched(upstream, gatekeeper) -> None:
    upstream.set_users(["alice@uni.test"])
    assert gatekeeper.get("/api/v1/fetch-users").status_code == 200


@pytest.fixture
def crowd():
    """Three others wait in this process."""
    with ExitStack() as places:
        assert [places.enter_context(WAITING.taken()) for _ in range(3)] == [True] * 3
        yield


def test_a_fourth_refresh_of_all_goes_on_without_its_caller(gatekeeper, fetched, crowd):
    answer = gatekeeper.get("/api/v1/refresh")
    assert answer.status_code == 202
    assert answer.json()["message"] == "Checkin sessions are being refreshed"
    run = RefreshRun.unscoped.get()
    assert answer.json()["data"]["run"]["id"] == str(run.pk)
    assert run.finished_at is None
    assert not RefreshAttempt.unscoped.exists()


def test_a_fourth_refresh_of_one_is_asked_to_come_again(gatekeeper, fetched, crowd):
    answer = gatekeeper.get("/api/v1/refresh-session/alice@uni.test")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "1"
    assert answer.json()["success"] is False
    assert "Try again in a moment." in answer.json()["error"]
    assert not RefreshRun.unscoped.exists()


def test_places_are_given_back(gatekeeper, fetched):
    for _ in range(4):
        assert gatekeeper.get("/api/v1/refresh").status_code == 200
        assert gatekeeper.get("/api/v1/refresh-session/nobody@uni.test").status_code == 404
        assert gatekeeper.get("/api/v1/refresh-session/alice@uni.test").status_code == 200
