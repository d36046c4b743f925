"""The upstream's API, asked over HTTP."""

from datetime import UTC, datetime

import pytest
import stamina

from checkin.errors import UpstreamRefused, UpstreamUnavailable
from checkin.upstream import ListedUser, UpstreamApi
from checkin.upstream.breaking import MOST_FAILURES
from devstack.upstream.faults import ApiFault

EMAIL = "alice@demo.test"
ENDINGS = {
    ApiFault.ERROR: "answered 500.",
    ApiFault.TOO_MANY: "answered 429.",
    ApiFault.GARBAGE: "answered something that is not JSON.",
    ApiFault.UNSUCCESSFUL: "says that it could not do it.",
    ApiFault.HANG: "was not done within 0.4 seconds.",
}
BROKEN = (ApiFault.DROP, ApiFault.LOST_ANSWER)


@pytest.fixture(autouse=True)
def _no_waits():
    with stamina.set_testing(True, attempts=3):
        yield


@pytest.fixture
def api(upstream, settings) -> UpstreamApi:
    settings.CHECKIN_TIMEOUT_SECONDS = 5
    return UpstreamApi()


def host(upstream) -> str:
    return upstream.url.removeprefix("http://")


def test_it_is_there(api):
    assert api.test() is True


def test_it_may_say_that_it_is_not_well(upstream, api):
    upstream.set_api_fault(ApiFault.UNSUCCESSFUL)
    assert api.test() is False


def test_users_are_listed_with_what_was_last_reported(upstream, api):
    token = upstream.add_user("Alice@Demo.test", report="Fail", report_time="2024-03-21T10:30:00.000Z")
    other = upstream.add_user("bob@demo.test", report="Nothing", report_time="2024-03-21 10:30:00")
    listing = api.users()
    moment = datetime(2024, 3, 21, 10, 30, tzinfo=UTC)
    assert list(listing) == [
        ListedUser(email="alice@demo.test", token=token, report="Fail", report_time=moment),
        ListedUser(email="bob@demo.test", token=other, report=None, report_time=moment),
    ]
    assert listing.problems == ()


def test_twenty_thousand_users_are_listed(upstream, api):
    tokens = upstream.set_users(f"user{number}@demo.test" for number in range(20_000))
    assert {user.email: user.token for user in api.users()} == tokens


def test_a_token_is_replaced_where_the_old_one_is_listed_and_only_there(upstream, api):
    token = upstream.add_user(EMAIL)
    assert api.update_token(EMAIL, token, "new") == 1
    assert api.update_token(EMAIL, token, "newer") == 0
    assert api.update_token("nobody@demo.test", token, "new") == 0
    assert upstream.user(EMAIL)["listed"] == "new"


def test_what_is_logged_is_there(upstream, api):
    upstream.add_user(EMAIL)
    api.log(EMAIL, "Fail", 'It said "é".')
    user = upstream.user(EMAIL)
    assert [(entry["state"], entry["message"]) for entry in user["log"]] == [("Fail", 'It said "é".')]
    assert user["report"] == "Fail"


@pytest.mark.parametrize("key", ["wrong-key", "wrong key", "", "é", "a\r\nX: y"])
def test_a_wrong_key_is_refused_for_good_and_not_shown(upstream, key):
    with pytest.raises(UpstreamRefused) as caught:
        UpstreamApi(key=key).test()
    assert not key or key not in str(caught.value)
    assert "CHECKOUT_API_KEY" in str(caught.value)
    assert upstream.facts()["api_requests"] == ({"test": 1} if key == "wrong-key" else {})


def test_what_it_does_not_know_is_refused_for_good(upstream, api):
    with pytest.raises(UpstreamRefused, match=r"answered 400\.$"):
        api.log("nobody@demo.test", "Normal", "")
    with pytest.raises(UpstreamRefused, match=r"answered 404\.$"):
        UpstreamApi(address=f"{upstream.url}/elsewhere").test()


@pytest.mark.parametrize("fault", ENDINGS)
def test_a_fault_is_told_and_a_later_attempt_may_go_better(upstream, api, settings, fault):
    settings.CHECKIN_TIMEOUT_SECONDS = 0.4 if fault is ApiFault.HANG else 10
    upstream.set_api_fault(fault)
    with pytest.raises(UpstreamUnavailable) as caught:
        api.users()
    assert str(caught.value) == f"{host(upstream)} {ENDINGS[fault]}"
    assert caught.value.wait_seconds == (1.0 if fault is ApiFault.TOO_MANY else None)
    settings.CHECKIN_TIMEOUT_SECONDS = 10
    upstream.set_api_fault(None)
    assert list(api.users()) == []


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_connection_is_told(upstream, api, fault):
    upstream.set_api_fault(fault)
    with pytest.raises(UpstreamUnavailable, match=rf"^The connection to {host(upstream)} broke\.$"):
        api.test()


def test_the_key_goes_nowhere_else(upstream, api):
    upstream.set_api_fault(ApiFault.REDIRECT)
    with pytest.raises(UpstreamRefused, match="sends us elsewhere, where the key is not to go"):
        api.test()
    assert upstream.facts()["api_requests"] == {"test": 1}


def test_every_fault_is_tested_here():
    assert set(ApiFault) == {*ENDINGS, *BROKEN, ApiFault.REDIRECT}


def test_reads_are_tried_again_and_writes_are_not(upstream, api):
    upstream.set_api_fault(ApiFault.ERROR)
    upstream.add_user(EMAIL)
    for ask in (api.test, lambda: api.log(EMAIL, "Normal", ""), lambda: api.update_token(EMAIL, "a", "b")):
        with pytest.raises(UpstreamUnavailable):
            ask()
    assert upstream.facts()["api_requests"] == {"test": 3, "log": 1, "update": 1}


def test_a_read_is_not_tried_again_when_the_wait_is_long(upstream, api):
    upstream.set_pace(retry_after="60")
    upstream.set_api_fault(ApiFault.TOO_MANY)
    with pytest.raises(UpstreamUnavailable) as caught:
        api.test()
    assert caught.value.wait_seconds == 60
    assert upstream.facts()["api_requests"] == {"test": 1}


def test_a_host_that_keeps_failing_is_left_alone(upstream, api):
    upstream.set_api_fault(ApiFault.ERROR)
    for _ in range(MOST_FAILURES):
        with pytest.raises(UpstreamUnavailable, match="answered 500"):
            api.log(EMAIL, "Normal", "")
    with pytest.raises(UpstreamUnavailable, match="left alone for a while") as caught:
        api.log(EMAIL, "Normal", "")
    assert 59 < caught.value.wait_seconds <= 60
    assert upstream.facts()["api_requests"] == {"log": MOST_FAILURES}


def test_a_host_that_is_not_there_cannot_be_reached(settings):
    with pytest.raises(UpstreamUnavailable, match=r"^127\.0\.0\.1:9 cannot be reached\.$"):
        UpstreamApi(address="http://127.0.0.1:9").log(EMAIL, "Normal", "")


def test_without_an_address_check_in_is_switched_off(settings):
    settings.CHECKOUT_API_URL = ""
    with pytest.raises(UpstreamRefused, match="switched off: CHECKOUT_API_URL is empty"):
        UpstreamApi()
