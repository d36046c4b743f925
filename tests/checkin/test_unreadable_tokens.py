"""A token that none of ENCRYPTION_KEYS opens is one user's trouble, and nobody else's."""

import pytest
from django.db import connection

from checkin.models import CheckinSession
from core.secrets import encrypt, masked

pytestmark = pytest.mark.django_db

REASON = (
    "There is no token that can be sent: it is missing, has characters that no cookie has, or none of ENCRYPTION_KEYS"
    " opens it."
)


@pytest.fixture
def users(upstream, gatekeeper) -> dict[str, str]:
    """Three users, of whom Bob's token cannot be read any more."""
    tokens = upstream.set_users(["alice@uni.test", "bob@uni.test", "carol@uni.test"])
    gatekeeper.get("/api/v1/fetch-users")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE checkin_checkinsession SET token = 'unreadable' WHERE email = 'bob@uni.test'")
    return tokens


def statuses() -> dict[str, str | None]:
    return dict(CheckinSession.unscoped.values_list("email", "status"))


def test_the_others_are_refreshed_and_his_session_says_why_it_is_not(gatekeeper, users, upstream):
    answer = gatekeeper.get("/api/v1/refresh")
    assert answer.status_code == 200
    assert statuses() == {"alice@uni.test": "normal", "bob@uni.test": "failed", "carol@uni.test": "normal"}
    assert answer.json()["data"]["sessions"][1]["error"] == REASON
    assert upstream.user("bob@uni.test")["asked"] == 0
    assert set(CheckinSession.unscoped.values_list("lease_token", flat=True)) == {None}


def test_alone_it_is_told_at_once(gatekeeper, users):
    answer = gatekeeper.get("/api/v1/refresh-session/bob@uni.test")
    assert (answer.status_code, answer.json()["data"]["session"]["error"]) == (200, REASON)


def test_the_state_shows_everybody_and_of_his_token_nothing(gatekeeper, users):
    told = gatekeeper.get("/api/v1/state").json()["data"]["stored_data"]["autoCheckinUsers"]
    assert [(user["email"], user["checkintoken"]) for user in told] == [
        (email, None if email == "bob@uni.test" else masked(token)) for email, token in users.items()
    ]


def test_once_he_has_logged_in_anew_all_is_well(gatekeeper, users, upstream):
    gatekeeper.get("/api/v1/refresh")
    upstream.log_in("bob@uni.test")
    assert gatekeeper.get("/api/v1/fetch-users").json()["data"]["logged_in"] == 1
    gatekeeper.get("/api/v1/refresh")
    assert set(statuses().values()) == {"normal"}


def test_once_its_key_is_back_all_is_well_too(gatekeeper, users, upstream):
    gatekeeper.get("/api/v1/refresh")
    with connection.cursor() as cursor:
        sealed = encrypt(users["bob@uni.test"])
        cursor.execute("UPDATE checkin_checkinsession SET token = %s WHERE email = 'bob@uni.test'", [sealed])
    gatekeeper.get("/api/v1/refresh")
    assert set(statuses().values()) == {"normal"}
