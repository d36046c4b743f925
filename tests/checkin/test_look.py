"""What beat asks for: everything by the rows' own times."""

from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone

from checkin import services, tasks
from checkin.models import CheckinSession, RefreshRun, UpstreamStanding
from core import tenancy
from core.redis import client
from devstack.upstream.faults import ApiFault

EMAIL = "ada@uni.test"


@pytest.fixture
def asked(monkeypatch) -> list[tuple[str, list[str]]]:
    """Which tasks the workers were asked for."""
    sent: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **_: sent.append((name, args)))
    return sent


@pytest.fixture
def ada(upstream, in_scope, asked) -> CheckinSession:
    """The only user's session, refreshed just now, after a look at everything."""
    upstream.set_users([EMAIL])
    services.look()
    services.refresh_all()
    asked.clear()
    return CheckinSession.objects.get()


def test_the_first_look_checks_and_fetches(upstream, ours, asked):
    upstream.set_users([EMAIL])

    tasks.look()

    standing = UpstreamStanding.unscoped.get()
    assert (standing.organization_id, standing.connected) == (ours.organization.pk, True)
    assert standing.users_fetched_at is not None
    assert CheckinSession.unscoped.get().email == EMAIL
    tasks.look()
    [run] = RefreshRun.unscoped.all()
    assert (run.kind, run.total) == ("due", 1)
    assert asked == [("checkin.tasks.work_on_run", [str(run.pk), str(run.organization_id)])]
    tasks.work_on_run(*asked[0][1])
    run.refresh_from_db()
    assert (run.normal, run.percent) == (1, 100)


def test_with_nothing_due_nothing_is_asked(ada, upstream, asked):
    upstream.forget()

    tasks.look()

    assert upstream.facts()["api_requests"] == {}
    assert asked == []
    assert RefreshRun.objects.count() == 1


def test_the_connection_is_checked_when_its_time_has_come(ada, upstream, settings):
    UpstreamStanding.objects.update(next_check_at=timezone.now())
    upstream.forget()
    upstream.set_api_fault(ApiFault.REDIRECT)

    tasks.look()

    assert upstream.facts()["api_requests"] == {"test": 1}
    standing = UpstreamStanding.objects.get()
    assert (standing.connected, "sends us elsewhere" in standing.error) == (False, True)
    assert (standing.next_check_at - standing.checked_at).total_seconds() == settings.CHECKIN_CHECK_SECONDS


def test_users_are_fetched_when_their_time_has_come_and_tried_again_soon_when_that_fails(ada, upstream, settings):
    UpstreamStanding.objects.update(next_users_fetch_at=timezone.now())
    before = UpstreamStanding.objects.get()
    upstream.set_api_fault(ApiFault.REDIRECT, path="users")
    upstream.forget()

    tasks.look()
    tasks.look()

    assert upstream.facts()["api_requests"] == {"users": 1}
    standing = UpstreamStanding.objects.get()
    assert standing.users_fetched_at == before.users_fetched_at
    soon = timezone.now() + timedelta(seconds=settings.CHECKIN_CHECK_SECONDS)
    assert timezone.now() < standing.next_users_fetch_at <= soon


def test_only_what_is_due_is_in_the_run(ada, upstream, asked):
    upstream.add_user("bob@uni.test")
    services.fetch_users()

    tasks.look()

    [(_, arguments)] = asked
    tasks.work_on_run(*arguments)
    run = RefreshRun.objects.get(kind="due")
    assert (run.total, run.normal, run.skipped) == (1, 1, 0)
    assert (upstream.user(EMAIL)["asked"], upstream.user("bob@uni.test")["asked"]) == (1, 1)


def test_a_session_is_refreshed_again_when_its_time_has_come(ada, upstream, asked):
    CheckinSession.objects.update(next_refresh_at=timezone.now())

    tasks.look()
    tasks.work_on_run(*asked[0][1])

    assert upstream.user(EMAIL)["refreshed"] == 2
    ada.refresh_from_db()
    assert (ada.status, ada.token) == ("normal", upstream.user(EMAIL)["token"])


@pytest.mark.parametrize("changes", [{"status": "expired"}, {"is_listed": False}], ids=["expired", "not listed"])
def test_who_has_to_log_in_or_is_gone_is_never_due(changes, ada, asked):
    CheckinSession.objects.update(next_refresh_at=timezone.now(), **changes)

    tasks.look()

    assert asked == []
    assert not RefreshRun.objects.filter(kind="due").exists()


def test_an_open_run_whose_worker_died_goes_on(ada, asked):
    run = services.start_refresh("all")
    asked.clear()
    client().flushdb()  # the message was lost with the worker

    tasks.look()

    assert asked == [("checkin.tasks.work_on_run", [str(run.pk), str(run.organization_id)])]


def test_a_run_that_pauses_is_left_alone_until_its_time_has_come(ada, asked):
    run = services.start_refresh("all")
    RefreshRun.objects.filter(pk=run.pk).update(paused_until=timezone.now() + timedelta(minutes=1))
    asked.clear()
    tasks.look()
    assert asked == []


@pytest.mark.parametrize("setting", ["CHECKOUT_API_URL", "CHECKIN_URL"])
def test_switched_off_it_does_nothing(setting, upstream, ours, settings, asked):
    upstream.set_users([EMAIL])
    setattr(settings, setting, "")

    tasks.look()

    assert asked == []
    assert UpstreamStanding.unscoped.count() == CheckinSession.unscoped.count() == 0
    with tenancy.scope(ours.organization.pk):
        assert services.check_connection() is False
    assert upstream.facts()["api_requests"] == {}


def test_without_the_keys_organization_it_does_nothing(upstream, theirs, asked):
    upstream.set_users([EMAIL])

    tasks.look()

    assert (asked, UpstreamStanding.unscoped.count()) == ([], 0)
