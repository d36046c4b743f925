"""No token and no key is in any error, `repr` or log line."""

import asyncio
import traceback

import pytest
import stamina

from checkin.errors import UpstreamRefused, UpstreamUnavailable
from checkin.upstream import Answer, ListedUser, PageClient, UpstreamApi, Verdict
from checkin.upstream.listing import read_listing
from checkin.upstream.places import place_at
from checkin.upstream.requesting import Begun
from devstack.upstream.faults import ApiFault, PageFault
from tests.checkin.upstream.refreshes import in_sequence

KEY = "k3y-planted"
TOKEN = "t0ken-planted"
PASSWORD = "passw0rd-planted"
PLANTED = ("planted", "eyJpdiI6")  # what all tokens of the stand-in begin with


@pytest.fixture(autouse=True)
def _silence(caplog, capfd):
    """Whatever a test here logs or prints is free of secrets."""
    caplog.set_level(0)
    yield
    out, err = capfd.readouterr()
    for text in (*(str(record.__dict__) for record in caplog.records), out, err):
        assert not any(secret in text for secret in PLANTED), text


def is_clean(text: str) -> bool:
    return not any(secret in text for secret in PLANTED)


def test_reprs_show_none():
    user = ListedUser(email="alice@demo.test", token=TOKEN)
    values = [
        user,
        read_listing([{"email": "alice@demo.test", "checkintoken": TOKEN}]),
        Answer(verdict=Verdict.NORMAL, new_token=TOKEN),
        Begun(None, 1.0, TOKEN),
        UpstreamApi(address=f"https://user:{PASSWORD}@upstream.example", key=KEY),
        place_at(f"https://user:{PASSWORD}@upstream.example", setting="CHECKIN_URL"),
    ]
    assert all(is_clean(repr(value)) for value in values)
    assert "upstream.example" in repr(values[-1])


@pytest.mark.parametrize("fault", PageFault)
def test_no_fault_of_the_page_shows_a_token(upstream, settings, fault):
    settings.CHECKIN_TIMEOUT_SECONDS = 0.3
    upstream.set_pace(slow_seconds=1)
    tokens = {"alice@demo.test": TOKEN, "bob@demo.test": f"{TOKEN}-2"}
    for email, token in tokens.items():
        upstream.add_user(email, token=token, fault=fault)
    for answer in in_sequence(tokens.items()):
        assert is_clean(repr(answer))
        assert answer.error


@pytest.mark.parametrize("fault", ApiFault)
def test_no_fault_of_the_api_shows_a_token_or_the_key_even_in_the_traceback(upstream, settings, fault):
    settings.CHECKIN_TIMEOUT_SECONDS = 0.3
    upstream.set_api_fault(fault)
    for key in (KEY, f"{KEY}\r\nX: y", f"{KEY}é"):
        with pytest.raises((UpstreamUnavailable, UpstreamRefused)) as caught:
            UpstreamApi(key=key).update_token("alice@demo.test", TOKEN, f"{TOKEN}-2")
        assert is_clean("".join(traceback.format_exception(caught.value)))


@pytest.mark.parametrize(
    "address", [f"http://user:{PASSWORD}@127.0.0.1:9", f"http://user:{PASSWORD}@no such host", f"http://{PASSWORD}@[::"]
)
def test_an_address_with_credentials_shows_none(settings, address):
    with stamina.set_testing(True, attempts=1), pytest.raises((UpstreamUnavailable, UpstreamRefused)) as caught:
        UpstreamApi(address=address, key=KEY).test()
    assert is_clean("".join(traceback.format_exception(caught.value)))


def test_a_token_that_cannot_be_sent_is_not_shown_either(upstream):
    [answer] = in_sequence([("alice@demo.test", f"{TOKEN}\r\nX: y")])
    assert is_clean(answer.error)


def test_cookies_that_are_none_are_not_logged(httpserver, settings):
    settings.CHECKIN_URL = httpserver.url_for("/")
    headers = [("Set-Cookie", f"bad name[]=\x01{TOKEN}"), ("Set-Cookie", f"prestostudent_session={TOKEN}; Max-Age=x")]
    httpserver.expect_request("/selfregistration").respond_with_data(TOKEN, headers=headers)
    kept = []

    async def keep(token):
        kept.append(token)

    async def run():
        async with PageClient() as client:
            return await client.refresh(email="alice@demo.test", token=TOKEN, keep=keep)

    answer = asyncio.run(run())
    assert is_clean(repr(answer))
    assert answer.verdict == Verdict.FAILED
