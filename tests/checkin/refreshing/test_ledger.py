"""The thread that keeps the ledger is interrupted, or loses its database: what is under way is seen through."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError, connection
from psycopg import connect

from checkin import services
from checkin.models import CheckinSession, RefreshAttempt, RefreshRun, RunKind
from checkin.services.refreshing import ledger as ledger_module
from checkin.services.refreshing.claiming import Claim, claim
from checkin.services.refreshing.finishing import finish
from checkin.services.refreshing.judging import Ended
from checkin.services.refreshing.keeping import Rotated, keep_tokens
from checkin.services.refreshing.ledger import Ledger
from checkin.services.refreshing.requesting import Answered, Keeping, Requests
from devstack.upstream.faults import PageFault
from tests.checkin.refreshing.conftest import EMAIL


class TimeIsUp(Exception):
    """What a worker raises anywhere in a task that takes too long."""


def work(take) -> None:
    run = services.start_refresh(RunKind.ALL)
    with Requests() as requests:
        Ledger(requests, {run.pk: run}).work(lambda limit: take(run, limit), until=float("inf"))


def is_as_the_upstream_has_it(session: CheckinSession, upstream) -> bool:
    return session.status == "normal" and session.token == upstream.user(session.email)["token"]


def test_what_is_under_way_is_seen_through_when_something_interrupts_us(fetched, upstream, settings):
    settings.CHECKIN_CONCURRENCY = 2
    fetched(10)
    upstream.set_pace(latency_seconds=0.05)
    taken: list[Claim] = []

    def take(run, limit: int) -> Sequence[Claim]:
        if taken:
            raise TimeIsUp
        taken.extend(claim(run, limit=limit))
        return taken

    with pytest.raises(TimeIsUp):
        work(take)

    assert len(taken) == 4
    refreshed = CheckinSession.objects.filter(pk__in=[one.session_id for one in taken])
    assert all(is_as_the_upstream_has_it(session, upstream) for session in refreshed)
    assert not CheckinSession.objects.filter(lease_token__isnull=False).exists()
    assert CheckinSession.objects.filter(status=None).count() == 6


@pytest.mark.parametrize("is_stored_before", [True, False])
def test_a_token_is_stored_though_we_are_interrupted_while_we_store_it(is_stored_before, ada, upstream, monkeypatch):
    calls: list[int] = []

    def interrupted(rotated: Sequence[Rotated]) -> set[int]:
        calls.append(len(rotated))
        if len(calls) > 1 or is_stored_before:
            kept = keep_tokens(rotated)
        if len(calls) == 1:
            raise TimeIsUp
        return kept

    monkeypatch.setattr(ledger_module, "keep_tokens", interrupted)

    with pytest.raises(TimeIsUp):
        services.refresh_all()

    ada.refresh_from_db()
    assert calls == [1, 1]
    assert is_as_the_upstream_has_it(ada, upstream)
    assert RefreshAttempt.objects.get().stray_token == ""


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("is_taken_in_before", [True, False])
def test_what_comes_in_the_moment_we_are_interrupted_is_not_lost(which, is_taken_in_before, ada, upstream, monkeypatch):
    """The first that comes is the token, the second is the answer."""
    take_in = Ledger._take_in
    came: list[object] = []

    def interrupted(ledger: Ledger, one: Keeping | Answered) -> None:
        came.append(one)
        if len(came) != which + 1:
            take_in(ledger, one)
            return
        if is_taken_in_before:
            take_in(ledger, one)
        raise TimeIsUp

    monkeypatch.setattr(Ledger, "_take_in", interrupted)

    with pytest.raises(TimeIsUp):
        services.refresh_all()

    ada.refresh_from_db()
    assert is_as_the_upstream_has_it(ada, upstream)
    assert RefreshRun.objects.get().normal == 1


def test_answers_are_counted_once_though_we_are_interrupted_after_they_are_written_down(ada, upstream, monkeypatch):
    upstream.set_fault(EMAIL, PageFault.GARBAGE)
    calls: list[int] = []

    def interrupted(ended: Sequence[Ended], runs: Mapping[UUID, RefreshRun]) -> None:
        calls.append(len(ended))
        finish(ended, runs)
        if len(calls) == 1:
            raise TimeIsUp

    monkeypatch.setattr(ledger_module, "finish", interrupted)

    with pytest.raises(TimeIsUp):
        services.refresh_all()

    ada.refresh_from_db()
    assert calls == [1, 1]
    assert (ada.status, ada.failure_count) == ("failed", 1)
    assert RefreshRun.objects.get().failed == 1
    attempt = RefreshAttempt.objects.get()
    assert (attempt.outcome, attempt.error) == ("failed", ada.error)


def test_a_token_that_cannot_be_stored_at_all_holds_nobody_for_ever(ada, upstream, monkeypatch):
    monkeypatch.setattr(ledger_module, "STORE_SECONDS", 0.0)

    def away(_: Sequence[Rotated]) -> set[int]:
        raise OperationalError("the database is away")

    monkeypatch.setattr(ledger_module, "keep_tokens", away)

    with pytest.raises(OperationalError):
        services.refresh_all()

    # Nothing is claimed to be known: the lease runs out, and then it was interrupted.
    attempt = RefreshAttempt.objects.get()
    assert (attempt.outcome, attempt.session.status) == ("running", None)
    assert attempt.session.lease_token == attempt.lease_token


def test_a_mistake_of_ours_holds_nobody_for_ever(ada, upstream, monkeypatch):
    def broken(_: Sequence[Rotated]) -> set[int]:
        raise ZeroDivisionError

    monkeypatch.setattr(ledger_module, "keep_tokens", broken)

    with pytest.raises(ZeroDivisionError):
        services.refresh_all()
    assert RefreshAttempt.objects.get().outcome == "running"


def test_answers_that_cannot_be_written_down_cost_no_token(fetched, upstream, settings, monkeypatch):
    settings.CHECKIN_CONCURRENCY = 2
    sessions = fetched(4)
    upstream.set_pace(latency_seconds=0.05)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ledger_module, "finish", broken)

    with pytest.raises(ZeroDivisionError):
        services.refresh_all()

    for session in sessions:
        session.refresh_from_db()
        assert session.token == upstream.user(session.email)["token"]
    assert RefreshAttempt.objects.filter(outcome="running").count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_database_connection_that_breaks_costs_nothing(upstream, in_scope, monkeypatch):
    upstream.set_users([EMAIL])
    services.fetch_users()
    ended: list[UUID] = []

    def cut_off(rotated: Sequence[Rotated]) -> set[int]:
        if not ended:
            ended.append(rotated[0].claim.session_id)
            end_our_connection()
        return keep_tokens(rotated)

    monkeypatch.setattr(ledger_module, "keep_tokens", cut_off)

    assert services.refresh_all().normal == 1

    assert ended
    assert is_as_the_upstream_has_it(CheckinSession.objects.get(), upstream)


def end_our_connection() -> None:
    """As an operator does, or a server that restarts."""
    database = django_settings.DATABASES["default"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [ours] = cursor.fetchone()
    host, port, user = database["HOST"], database["PORT"], database["USER"]
    with connect(host=host, port=port, user=user, dbname=connection.settings_dict["NAME"]) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [ours])
