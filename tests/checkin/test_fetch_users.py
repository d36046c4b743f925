"""Taking the upstream's list of users over."""

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from checkin import services
from checkin.errors import NoUpstream, UpstreamUnavailable
from checkin.models import CheckinSession, UpstreamStanding
from checkin.services import FetchSummary
from core import tenancy
from core.outbox.models import OutboxEvent
from devstack.upstream.faults import ApiFault, PageFault
from tests.stored import audited

EMAIL = "ada@uni.test"


@pytest.fixture
def ada(upstream, in_scope) -> CheckinSession:
    """The only user's session, fetched and refreshed, and the upstream told of it."""
    upstream.set_users([EMAIL])
    services.fetch_users()
    services.refresh_all()
    session = CheckinSession.objects.get()
    services.tell_upstream([session.pk])
    OutboxEvent.objects.all().delete()
    session.refresh_from_db()
    return session


def tells() -> list[dict]:
    return [event.payload for event in OutboxEvent.objects.filter(topic="checkin.tell_upstream")]


def test_new_users_get_sessions_that_are_due_at_once(upstream, in_scope):
    tokens = upstream.set_users(["Ada@Uni.test", "bob@uni.test"])

    assert services.fetch_users() == FetchSummary(listed=2, added=2)

    sessions = list(CheckinSession.objects.filter(next_refresh_at__lte=Now()))
    assert [session.email for session in sessions] == ["ada@uni.test", "bob@uni.test"]
    assert [session.token for session in sessions] == list(tokens.values())
    for session in sessions:
        assert (session.status, session.is_listed, session.listed_token) == (None, True, session.token)
        assert (session.token_number, session.confirmed_number) == (1, 1)


def test_the_same_list_again_changes_nothing(ada):
    before = CheckinSession.objects.values().get()

    assert services.fetch_users() == FetchSummary(listed=1)

    assert CheckinSession.objects.values().get() == before
    assert tells() == []


def test_a_user_who_has_logged_in_anew_begins_again_with_the_listed_token(ada, upstream):
    CheckinSession.objects.update(status="expired", error="log in", failure_count=3, expired_at=Now())
    token = upstream.log_in(EMAIL)

    assert services.fetch_users() == FetchSummary(listed=1, logged_in=1)

    before, number = ada.token, ada.token_number
    ada.refresh_from_db()
    assert (ada.token, ada.listed_token, ada.token_number) == (token, token, number + 1)
    assert ada.token != before
    assert (ada.status, ada.error, ada.expired_at, ada.failure_count) == (None, None, None, 0)
    assert services.refresh_all().normal == 1


def test_a_list_that_is_behind_brings_no_old_token_back_and_is_told_again(ada, upstream):
    first = upstream.add_user(EMAIL, token=ada.token)
    services.refresh_all()
    services.tell_upstream([ada.pk])
    upstream.add_user(EMAIL, token=upstream.user(EMAIL)["token"])
    ada.refresh_from_db()
    current = ada.token
    upstream.add_user(EMAIL, token=first)
    OutboxEvent.objects.all().delete()

    assert services.fetch_users() == FetchSummary(listed=1)

    ada.refresh_from_db()
    assert (ada.token, ada.listed_token, ada.status) == (current, first, "normal")
    assert tells() == [{"session_id": str(ada.pk)}]
    services.tell_upstream([ada.pk])
    assert upstream.user(EMAIL)["listed"] == current


def test_a_list_that_stays_behind_for_longer_than_we_remember_tokens_brings_none_back(ada, upstream):
    """The upstream could not be told for days: it lists what it always did."""
    listed = ada.listed_token
    CheckinSession.objects.update(known_tokens=["forgotten"])

    assert services.fetch_users() == FetchSummary(listed=1)

    ada.refresh_from_db()
    assert (ada.listed_token, ada.status) == (listed, "normal")


def test_another_secret_key_makes_no_logins_of_known_tokens(ada, settings):
    token = ada.token
    settings.SECRET_KEY = "another-secret-key-for-this-test-only-0123456789"

    assert services.fetch_users() == FetchSummary(listed=1)
    assert services.fetch_users() == FetchSummary(listed=1)

    ada.refresh_from_db()
    assert (ada.token, ada.status) == (token, "normal")


def test_a_user_who_is_no_longer_listed_is_left_alone_and_resumed_when_he_is_back(ada, upstream):
    token = ada.token
    upstream.remove_user(EMAIL)
    assert services.fetch_users() == FetchSummary(listed=0, removed=1)
    ada.refresh_from_db()
    assert (ada.is_listed, ada.token, ada.status) == (False, token, "normal")
    assert services.refresh_all().total == 0

    upstream.add_user(EMAIL, token=token)
    assert services.fetch_users() == FetchSummary(listed=1, resumed=1)
    ada.refresh_from_db()
    assert ada.is_listed
    assert CheckinSession.objects.filter(next_refresh_at__lte=Now()).count() == 1
    assert services.refresh_all().normal == 1


def test_a_user_who_is_listed_without_a_token_is_not_gone(ada, upstream):
    upstream.remove_user(EMAIL)
    upstream.add_user(EMAIL, listed="not; sendable")
    upstream.add_user("bob@uni.test")
    assert services.fetch_users() == FetchSummary(listed=1, added=1, problems=1)
    token = ada.token
    ada.refresh_from_db()
    assert (ada.is_listed, ada.token, ada.status) == (True, token, "normal")


def test_a_newer_report_is_taken_over_and_an_older_one_is_not(ada, upstream):
    token = ada.token
    upstream.add_user(EMAIL, token=token, report="Fail", report_time="2026-03-02T10:00:00.000Z")
    services.fetch_users()
    ada.refresh_from_db()
    assert (ada.checkin_report, ada.checkin_report_time.isoformat()) == ("Fail", "2026-03-02T10:00:00+00:00")

    upstream.add_user(EMAIL, token=token, report="Normal", report_time="2026-03-01T10:00:00.000Z")
    services.fetch_users()
    ada.refresh_from_db()
    assert (ada.checkin_report, ada.checkin_report_time.isoformat()) == ("Fail", "2026-03-02T10:00:00+00:00")


def test_what_was_done_is_told_audited_and_shows_no_token(ada, upstream):
    token = upstream.log_in(EMAIL)
    upstream.add_user("bob@uni.test")

    services.fetch_users()

    [entry] = [one for one in audited() if one["resource_type"] == "checkin_users"]
    assert entry["action"] == "execute"
    assert entry["changes"]["added"] == [None, 1]
    assert entry["changes"]["logged_in"] == [None, 1]
    assert token not in str(entry)
    standing = UpstreamStanding.objects.get()
    assert standing.users_fetched_at is not None
    assert standing.next_users_fetch_at > standing.users_fetched_at


def test_an_upstream_that_fails_changes_nothing(ada, upstream):
    before = (CheckinSession.objects.values().get(), UpstreamStanding.objects.values().get())
    upstream.set_api_fault(ApiFault.ERROR, path="users")

    with pytest.raises(UpstreamUnavailable, match="answered 500"):
        services.fetch_users()

    assert (CheckinSession.objects.values().get(), UpstreamStanding.objects.values().get()) == before


def test_a_list_of_which_nothing_can_be_used_removes_nobody(ada, upstream):
    upstream.set_users(["no address"])

    with pytest.raises(UpstreamUnavailable, match="none of them can be used"):
        services.fetch_users()

    ada.refresh_from_db()
    assert ada.is_listed


def test_a_list_that_was_asked_for_before_another_comes_too_late(ada, upstream):
    UpstreamStanding.objects.update(users_fetched_at="2999-01-01T00:00:00Z")
    upstream.remove_user(EMAIL)

    assert services.fetch_users() == FetchSummary(listed=0)

    ada.refresh_from_db()
    assert ada.is_listed


def test_the_next_organization_has_no_upstream(upstream, ours, theirs):
    with tenancy.scope(theirs.organization.pk), pytest.raises(NoUpstream):
        services.fetch_users()
    assert CheckinSession.unscoped.count() == 0
    assert upstream.facts()["api_requests"] == {}


def test_many_users_are_a_handful_of_statements(upstream, in_scope):
    upstream.set_users(f"user{number}@uni.test" for number in range(3000))
    with CaptureQueriesContext(connection) as first:
        assert services.fetch_users().added == 3000
    upstream.set_users(f"user{number}@uni.test" for number in range(3000))
    with CaptureQueriesContext(connection) as second:
        assert services.fetch_users().logged_in == 3000
    assert len(second) <= len(first) < 25


def test_a_session_with_another_users_page_is_never_told(ada, upstream):
    upstream.set_fault(EMAIL, PageFault.WRONG_EMAIL)
    services.refresh_one(email=EMAIL)

    services.fetch_users()

    assert tells() == []
    ada.refresh_from_db()
    assert (ada.token, ada.status) == (upstream.user(EMAIL)["token"], "failed")
    assert ada.token != ada.listed_token


def test_a_listed_token_that_we_held_too_long_ago_to_know_costs_no_login(ada, upstream):
    """An update's answer was lost, and the upstream's API was away for longer than we remember tokens."""
    used_up, good = ada.token, upstream.rotate(EMAIL)
    CheckinSession.objects.update(token=good, known_tokens=["forgotten"], listed_fingerprint="of an older one")
    CheckinSession.objects.update(listed_token="an-older-one")
    assert upstream.user(EMAIL)["listed"] == used_up

    assert services.fetch_users() == FetchSummary(listed=1, logged_in=1)
    assert services.refresh_all().normal == 1

    ada.refresh_from_db()
    assert (ada.status, ada.token) == ("normal", upstream.user(EMAIL)["token"])
