"""POST /api/v1/auth/refresh/"""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts import services
from accounts.models import LoginSession
from core import tenancy
from tests.accounts.conftest import audited, committing, device_for, device_of, live_sessions

pytestmark = pytest.mark.django_db

ENDED = {"detail": "This login has ended. Log in again."}
INVALID = {"detail": "The token is invalid or has expired."}


def outlive_the_grace() -> None:
    """Let the last rotation of every session lie further back than a token may be used twice."""
    LoginSession.unscoped.update(rotated_at=timezone.now() - timedelta(seconds=11))


def test_a_refresh_token_is_exchanged_for_a_new_pair(ours):
    phone = device_for(ours.client)
    answer = phone.renew()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    body = answer.json()
    assert sorted(body) == ["access", "expires_in", "refresh", "success", "token_type"]
    assert (body["success"], body["token_type"], body["expires_in"]) == (True, "Bearer", 1800)
    assert body["refresh"] != phone.refresh
    assert device_of(answer).is_in()
    assert LoginSession.unscoped.count() == 1


def test_a_login_that_is_used_goes_on_and_one_that_is_not_ends(ours):
    with time_machine.travel(timezone.now(), tick=True) as clock:
        phone, laptop = device_for(ours.client), device_for(ours.client)
        clock.shift(timedelta(days=6, hours=23))
        phone = device_of(phone.renew())
        clock.shift(timedelta(days=1))
        assert phone.renew().status_code == 200
        answer = laptop.renew()
        assert (answer.status_code, answer.json()) == (401, INVALID)


def test_the_database_also_knows_when_a_login_expired(ours):
    phone = device_for(ours.client)
    LoginSession.unscoped.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert (phone.renew().status_code, phone.renew().json()) == (401, ENDED)


@pytest.mark.django_db(transaction=True)
def test_of_eight_racing_refreshes_one_wins_and_the_login_goes_on(ours):
    for _ in range(5):
        phone = device_for(ours.client)
        start = threading.Barrier(8)

        def race(_: int, phone=phone, start=start):
            start.wait()
            answer = phone.renew()
            connection.close()
            return answer

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(race, range(8)))
        winners = [one for one in answers if one.status_code == 200]
        losers = [one.json() for one in answers if one.status_code != 200]
        assert len(winners) == 1
        assert (
            losers == [{"detail": "This refresh token was used a moment ago. Use the one that was answered then."}] * 7
        )
        again = device_of(device_of(winners[0]).renew())
        assert again.is_in()
    assert live_sessions(ours.client) == 5


def test_a_second_use_within_moments_is_refused_and_the_login_goes_on(ours):
    phone = device_for(ours.client)
    renewed = device_of(phone.renew())
    assert phone.renew().status_code == 401
    assert renewed.is_in()
    assert renewed.renew().status_code == 200


def test_a_later_reuse_ends_the_login_for_thief_and_owner(ours):
    phone, laptop = device_for(ours.client), device_for(ours.client)
    renewed = device_of(phone.renew())
    outlive_the_grace()
    answer = phone.renew()
    assert (answer.status_code, answer.json()) == (401, ENDED)
    assert not renewed.is_in()
    assert renewed.renew().status_code == 401
    assert laptop.is_in()
    revoked = LoginSession.unscoped.get(revoked_at__isnull=False)
    assert audited()[-1] == ("revoke", "login_session", str(revoked.pk))
    assert live_sessions(ours.client) == 1


def test_a_token_two_generations_old_ends_the_login_even_within_moments(ours):
    phone = device_for(ours.client)
    third = device_of(device_of(phone.renew()).renew())
    assert phone.renew().status_code == 401
    assert not third.is_in()
    assert third.renew().status_code == 401
    assert live_sessions(ours.client) == 0


def test_a_deactivated_user_gets_nothing_and_reactivation_revives_nothing(ours):
    phone = device_for(ours.client)
    with tenancy.scope(ours.organization.pk), committing():
        services.deactivate_user(user=ours.client)
    assert (phone.renew().status_code, phone.renew().json()) == (401, ENDED)
    with tenancy.scope(ours.organization.pk):
        services.activate_user(user=ours.client)
    assert phone.renew().status_code == 401
    assert not phone.is_in()
    assert device_for(ours.client).is_in()


def test_a_new_password_ends_every_refresh_token(ours):
    phone = device_for(ours.client)
    ours.client.set_password("another password")
    with committing():
        ours.client.save()
    assert (phone.renew().status_code, phone.renew().json()) == (401, ENDED)


def test_a_deleted_user_is_refused_like_any_other(ours):
    phone = device_for(ours.client)
    with committing():
        ours.client.delete()
    assert (phone.renew().status_code, phone.renew().json()) == (401, ENDED)
    assert phone.get().status_code == 401


def test_a_user_who_moved_to_another_organization_has_to_log_in_there(ours, theirs):
    phone = device_for(ours.client)
    ours.client.organization = theirs.organization
    with committing():
        ours.client.save()
    assert phone.renew().status_code == 401
    assert not phone.is_in()


def test_an_access_token_is_no_refresh_token(ours, http):
    phone = device_for(ours.client)
    answer = http.post("/api/v1/auth/refresh/", {"refresh": phone.access}, format="json")
    assert (answer.status_code, answer.json()) == (401, INVALID)
    assert phone.renew().status_code == 200


def test_without_redis_a_login_still_goes_on(ours, request):
    phone = device_for(ours.client)
    request.getfixturevalue("no_redis")
    renewed = device_of(phone.renew())
    assert renewed.is_in()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "refresh"),
        ({"refresh": ""}, "refresh"),
        ({"refresh": None}, "refresh"),
        ({"refresh": ["x"]}, "refresh"),
        ({"refresh": "x" * 4097}, "refresh"),
        ({"refresh": "a.b.c\x00"}, "refresh"),
        ({"refresh": "a.b.c", "token": "x"}, "token"),
    ],
)
def test_bad_input_is_refused_by_name(http, body, field):
    answer = http.post("/api/v1/auth/refresh/", body, format="json")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_logins_that_expired_a_month_ago_are_purged(ours, theirs):
    for user, days in [(ours.client, 31), (theirs.client, 40), (ours.admin, 29)]:
        device_for(user)
        LoginSession.unscoped.filter(user=user).update(expires_at=timezone.now() - timedelta(days=days))
    assert services.purge_sessions() == 2
    assert [one.user_id for one in LoginSession.unscoped.all()] == [ours.admin.pk]
