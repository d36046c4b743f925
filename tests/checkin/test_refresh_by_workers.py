"""POST /api/v1/refresh?wait=false: workers refresh, and whoever asked follows them."""

import pytest

from checkin.models import CheckinSession
from core.testing.waiting import eventually

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]

USERS = 60


@pytest.fixture
def users(upstream, gatekeeper, settings, monkeypatch) -> None:
    """Sixty users of an upstream that takes its time, whom we have fetched; processes started hereafter know it."""
    for name in ("CHECKOUT_API_URL", "CHECKIN_URL"):
        monkeypatch.setenv(name, getattr(settings, name))
    monkeypatch.setenv("CHECKIN_CONCURRENCY", "4")
    upstream.set_users(f"user{number}@uni.test" for number in range(USERS))
    assert gatekeeper.get("/api/v1/fetch-users").status_code == 200
    upstream.set_pace(latency_seconds=0.1)


def test_the_progress_of_a_refresh_is_told_while_it_runs(gatekeeper, users, start_worker, upstream):
    begun = gatekeeper.post("/api/v1/refresh?wait=false")
    assert begun.status_code == 202
    path = f"/api/v1/refresh-runs/{begun.json()['data']['run']['id']}"
    seen = []

    def has_ended() -> bool:
        seen.append(gatekeeper.get(path).json()["data"]["run"])
        return seen[-1]["finished_at"] is not None

    start_worker()
    # What was asked for while nobody worked is asked for again.
    gatekeeper.post("/api/v1/refresh?wait=false")
    eventually(has_ended, seconds=60)
    assert [run["percent"] for run in seen] == sorted(run["percent"] for run in seen)
    assert any(0 < run["percent"] < 100 for run in seen)
    assert (seen[-1]["total"], seen[-1]["normal"], seen[-1]["percent"]) == (USERS, USERS, 100)
    assert set(CheckinSession.unscoped.values_list("status", flat=True)) == {"normal"}
    assert upstream.facts()["most_at_once"] <= 4
    assert upstream.facts()["overlaps"] == []
