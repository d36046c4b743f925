"""What is accepted as an access token, and what is not. All of it is 401, never 500."""

import base64
import json
import time
from datetime import timedelta
from uuid import uuid4

import jwt
import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import tokens
from accounts.signing_keys import parse_signing_keys
from tests.accounts.conftest import ANYBODY, device_for

pytestmark = pytest.mark.django_db

OLD = "old:0123456789-0123456789-0123456789-old"
NEW = f"new:{'0123456789-' * 6}"
SECRET = NEW.partition(":")[2]


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.JWT_SIGNING_KEYS = NEW


def status_of(header: str) -> int:
    answer = APIClient().get(ANYBODY, headers={"Authorization": header})
    if answer.status_code == 401:
        assert list(answer.json()) == ["detail"]
        assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    return int(answer.status_code)


def claims_of(user, **changes):
    """The claims of a good access token of the user's, and the changes; None takes one away."""
    access = tokens.mint(user, uuid4()).access
    claims = {**jwt.decode(access, options={"verify_signature": False}), **changes}
    return {name: value for name, value in claims.items() if value is not None}


def forged(claims, *, secret=SECRET, algorithm="HS256", headers=None):
    return "Bearer " + jwt.encode(claims, secret, algorithm=algorithm, headers=headers or {"kid": "new"})


def encoded(part) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def test_a_token_names_its_key_and_says_what_it_is(ours):
    access = device_for(ours.client).access
    assert jwt.get_unverified_header(access) == {"alg": "HS256", "kid": "new", "typ": "JWT"}
    claims = jwt.decode(access, SECRET, algorithms=["HS256"])
    assert sorted(claims) == [
        "email", "exp", "fp", "iat", "jti", "org", "role", "sid", "staff", "sub", "token_type",
    ]  # fmt: skip
    assert claims["exp"] - claims["iat"] == 1800
    assert (claims["sub"], claims["org"]) == (str(ours.client.pk), str(ours.organization.pk))
    assert (claims["role"], claims["email"], claims["staff"]) == ("client", "client@demo.test", False)


def test_a_new_key_signs_while_the_old_one_still_verifies_and_then_no_longer(ours, settings):
    settings.JWT_SIGNING_KEYS = OLD
    before = device_for(ours.client)
    settings.JWT_SIGNING_KEYS = f"{NEW},{OLD}"
    after = device_for(ours.client)
    assert jwt.get_unverified_header(after.access)["kid"] == "new"
    assert before.is_in()
    assert jwt.get_unverified_header(before.renew().json()["refresh"])["kid"] == "new"
    settings.JWT_SIGNING_KEYS = NEW
    assert after.is_in()
    assert not before.is_in()


def test_an_access_token_ends_after_half_an_hour(ours):
    with time_machine.travel(timezone.now(), tick=True) as clock:
        phone = device_for(ours.client)
        clock.shift(timedelta(minutes=29, seconds=50))
        assert phone.is_in()
        clock.shift(timedelta(seconds=11))
        assert not phone.is_in()


@pytest.mark.parametrize(
    "header",
    [
        "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Bearer ..", "bearer null", "Bearer é.è.à", "Bearer a b c",
        "Bearer " + "A" * 5000,
        f"Bearer {encoded({'alg': 'HS256', 'kid': 'new'})}..", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.",
        f"Bearer {encoded([])}.{encoded({})}.x", f"Bearer {encoded({'alg': 'HS256', 'kid': 7})}.{encoded({})}.x",
        "Basic YTpi", "Token x", "", "Bearer\tx",
    ],
)  # fmt: skip
def test_rubbish_is_no_token(ours, header):
    assert status_of(header) == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": None}, {"org": None}, {"sid": None}, {"fp": None}, {"jti": None}, {"exp": None}, {"token_type": None},
        {"sub": "me"}, {"sub": 7}, {"org": []}, {"sid": {}}, {"jti": "x"}, {"token_type": "refresh"}, {"token_type": 1},
        {"exp": "soon"}, {"exp": 10**30}, {"exp": -1}, {"exp": 0}, {"iat": "x"}, {"nbf": 10**11}, {"sid": str(uuid4())},
        {"fp": ""}, {"fp": "é"}, {"fp": 7}, {"sub": "0" * 10_000},
    ],
)  # fmt: skip
def test_a_token_of_our_own_with_odd_claims_opens_nothing(ours, changes):
    assert status_of(forged(claims_of(ours.client, **changes))) == 401


def test_a_token_for_a_session_that_never_was_opens_nothing(ours):
    assert status_of(forged(claims_of(ours.client))) == 401


def test_a_token_for_the_session_of_another_opens_nothing(ours, theirs):
    device = device_for(ours.client)
    sid = jwt.decode(device.access, options={"verify_signature": False})["sid"]
    stolen = {"sid": sid}
    assert status_of(forged(claims_of(ours.admin, **stolen))) == 401
    assert status_of(forged(claims_of(theirs.client, **stolen))) == 401
    assert status_of(forged(claims_of(ours.client, **stolen, org=str(theirs.organization.pk)))) == 401
    assert status_of(forged(claims_of(ours.client, **stolen))) == 200


@pytest.mark.parametrize(
    "forgery",
    [
        {"headers": {"kid": "newer"}},
        {"headers": {"kid": ""}},
        {"headers": {"kid": "new", "alg": "HS512"}, "algorithm": "HS512"},
        {"secret": "another secret, just as long as the right one"},
    ],
)
def test_a_token_signed_in_any_other_way_opens_nothing(ours, forgery):
    sid = jwt.decode(device_for(ours.client).access, options={"verify_signature": False})["sid"]
    good = claims_of(ours.client, sid=sid)
    assert status_of(forged(good)) == 200
    assert status_of(forged(good, **forgery)) == 401


def test_a_token_without_a_signature_opens_nothing(ours):
    claims = claims_of(ours.client)
    for header in ({"alg": "none", "kid": "new"}, {"alg": "None", "kid": "new"}, {"alg": "HS256", "kid": "new"}):
        assert status_of(f"Bearer {encoded(header)}.{encoded(claims)}.") == 401


def test_a_refresh_token_is_no_access_token(ours):
    assert status_of(f"Bearer {device_for(ours.client).refresh}") == 401


def test_a_token_that_ended_a_second_ago_opens_nothing(ours):
    assert status_of(forged(claims_of(ours.client, exp=int(time.time()) - 1))) == 401


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        ("", "no key"),
        ("secret-without-a-name-0123456789-0123456789", "kid:secret"),
        (":secret-without-a-name-0123456789-0123456789", "kid:secret"),
        (f"{NEW},{NEW}", "each kid once"),
        ("short:0123456789", "under 32 characters"),
    ],
)
def test_keys_that_cannot_be_used_stop_the_start(setting, complaint):
    with pytest.raises(ImproperlyConfigured, match=complaint):
        parse_signing_keys(setting)


def test_a_secret_may_hold_a_colon():
    assert parse_signing_keys(" a:b:c-0123456789-0123456789-0123456789 ,") == {
        "a": "b:c-0123456789-0123456789-0123456789"
    }
