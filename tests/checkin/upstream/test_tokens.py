"""Which cookie of an answer is the user's new token."""

import pytest

from checkin.upstream.tokens import is_sendable, new_token

GOOD = "prestostudent_session=eyJ%3D"
LATER, EARLIER = "Fri, 01 Jan 2100 00:00:00 GMT", "Thu, 01-Jan-1970 00:00:01 GMT"


def found(*cookies: str, host: str = "checkin.example") -> str | None:
    headers = [(b"Content-Type", b"text/html"), *((b"set-cookie", cookie.encode()) for cookie in cookies)]
    return new_token(headers, host=host, path="/selfregistration")


@pytest.mark.parametrize(
    "cookie",
    [
        GOOD,
        f"{GOOD}; path=/; httponly; samesite=lax",
        f"{GOOD}; expires={LATER}; Max-Age=7200; path=/; HttpOnly; SameSite=None; Secure",
        f"{GOOD};Path=/selfregistration;Partitioned",
        f"{GOOD}; Domain=checkin.example",
        f"{GOOD}; domain=.Example; Path=",
        f"{GOOD}; Expires={EARLIER}; Max-Age=60",
        f"{GOOD}; Expires=whenever; Max-Age=soon",
        f"{GOOD}; Expires=Fri, 01 Jan 99999999999 00:00:00 GMT",
        " prestostudent_session = eyJ%3D ; path=/",
    ],
)
def test_a_cookie_of_that_name_for_this_place_is(cookie):
    assert found(cookie) == "eyJ%3D"


@pytest.mark.parametrize(
    "cookie",
    [
        "XSRF-TOKEN=eyJ%3D",
        "prestostudent_session_old=eyJ%3D",
        "prestostudent_session",
        "prestostudent_session=",
        "prestostudent_session=deleted; path=/",
        f"{GOOD}; Max-Age=0",
        f"{GOOD}; Max-Age=-1; Expires={LATER}",
        f"{GOOD}; Expires={EARLIER}",
        f"{GOOD}; Domain=elsewhere.example",
        f"{GOOD}; Domain=ckin.example",
        f"{GOOD}; Path=/admin",
        f"{GOOD}; Path=/selfreg",
        "prestostudent_session=a b",
        "prestostudent_session=é",
        f"prestostudent_session={'a' * 4097}",
    ],
)
def test_one_that_is_elsewheres_deleted_or_cannot_be_sent_back_is_not(cookie):
    assert found(cookie) is None


def test_of_several_the_last_counts():
    assert found("prestostudent_session=a", "other=x", "prestostudent_session=b") == "b"
    assert found("prestostudent_session=; Max-Age=0", "prestostudent_session=b") == "b"
    assert found("prestostudent_session=b", "prestostudent_session=gone; Max-Age=0") is None
    assert found("prestostudent_session=b", "prestostudent_session=c; Domain=elsewhere.example") == "b"


def test_without_cookies_there_is_none():
    assert found() is None


@pytest.mark.parametrize(
    ("token", "may"), [("eyJ%3D+/=", True), ("a" * 4096, True), ("", False), ("a\n", False), ("a\x7f", False)]
)
def test_what_may_be_sent(token, may):
    assert is_sendable(token) is may
