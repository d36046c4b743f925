"""Beat and a worker keep sessions alive by themselves, and a worker that is killed is followed by another."""

import pytest

from checkin.models import CheckinSession, RefreshAttempt, RefreshRun, UpstreamStanding
from core.outbox.models import OPEN, OutboxEvent
from core.testing.waiting import eventually
from tests.checkin.refreshing.processes import lease_runs_out

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]
USERS = 60


def test_sessions_are_fetched_refreshed_told_and_reported_though_the_worker_dies_in_between(
    upstream, in_scope, start_worker, start_beat
):
    upstream.set_users(f"user{number}@uni.test" for number in range(USERS))
    upstream.set_pace(latency_seconds=0.3)
    worker = start_worker()
    start_beat()
    eventually(lambda: upstream.facts()["in_flight"] > 5, seconds=30)
    worker.kill()
    eventually(lambda: upstream.facts()["in_flight"] == 0)
    upstream.set_pace()
    lease_runs_out()
    start_worker()

    eventually(everybody_is_seen_to, seconds=40)

    assert upstream.facts()["overlaps"] == []
    interrupted = set(RefreshAttempt.objects.filter(outcome="interrupted").values_list("session_id", flat=True))
    assert interrupted
    users = upstream.users()
    for session in CheckinSession.objects.all():
        user = users[session.email]
        if session.status == "normal":
            assert session.token == session.listed_token == user["token"] == user["listed"]
            assert session.checkin_report == user["report"] == "Normal"
        else:
            assert session.status == "expired"
            assert session.pk in interrupted
            assert session.checkin_report == user["report"] == "Fail"
    standing = UpstreamStanding.objects.get()
    assert standing.connected
    assert standing.users_fetched_at is not None
    for run in RefreshRun.objects.all():
        assert (run.kind, run.done) == ("due", run.total)


def everybody_is_seen_to() -> bool:
    """Whether no session waits, no run is open, and the upstream knows everything."""
    done = CheckinSession.objects.filter(status__in=["normal", "expired"], lease_token=None).count() == USERS
    is_open = RefreshRun.objects.filter(finished_at=None).exists()
    return done and not is_open and not OutboxEvent.objects.filter(OPEN, topic__startswith="checkin.").exists()
