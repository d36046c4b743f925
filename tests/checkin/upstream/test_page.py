"""What pages say, and that none of them brings the reader down."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.upstream.page import PageKind, read_page
from devstack.upstream import pages

EMAIL = "alice@demo.test"
SPAN = f"<span class='side-menu-name'>{EMAIL}</span>"
TITLE = "<title>Check-In</title>"
MEGABYTE = 1 << 20


def kind(page: str | bytes, **said: str) -> PageKind:
    return read_page(page.encode() if isinstance(page, str) else page, email=EMAIL, **said)


def test_the_stand_ins_pages_are_told_apart():
    assert kind(pages.check_in(EMAIL)) is PageKind.CHECKED_IN
    assert kind(pages.check_in("bob@demo.test")) is PageKind.OTHER_USER
    assert kind(pages.check_in(EMAIL, titled=False)) is PageKind.UNKNOWN
    assert kind(pages.LOGIN) is PageKind.LOGIN_NEEDED
    assert [kind(page) for page in (pages.ERROR, pages.TOO_MANY, pages.GARBAGE)] == [PageKind.UNKNOWN] * 3


@pytest.mark.parametrize(
    "page",
    [
        TITLE + SPAN,
        f"<html><head>{TITLE}<body><div><p>{SPAN}",
        "<TITLE>\n Check-In </TITLE><SPAN CLASS='text side-menu-name'>\n ALICE@demo.test\t</SPAN>",
        f"{TITLE}<span class=side-menu-name>alice&#64;demo.<b>test</b></span>",
        f"<svg><title>icon</title></svg>{SPAN}".join([f"<html><head>{TITLE}</head><body>", "</body></html>"]),
        TITLE + SPAN + SPAN,
        f"{TITLE}<span class=side-menu-name> </span>{SPAN}",
        f"\ufeff<?xml version='1.0' encoding='utf-99'?>{TITLE}{SPAN}",
    ],
)
def test_the_users_own_page_is_known_however_it_is_written(page):
    assert kind(page) is PageKind.CHECKED_IN


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (TITLE + SPAN.replace("alice", "malice"), PageKind.OTHER_USER),
        (TITLE + SPAN + SPAN.replace("alice", "bob"), PageKind.OTHER_USER),
        (TITLE + SPAN.replace("span", "div"), PageKind.UNKNOWN),
        (TITLE + SPAN.replace("name'", "names'"), PageKind.UNKNOWN),
        (f"{TITLE}<!-- {SPAN} -->", PageKind.UNKNOWN),
        (f"<script>{TITLE}</script>{SPAN}", PageKind.UNKNOWN),
        (f"<h1>Check-In</h1>{SPAN}", PageKind.UNKNOWN),
        (f"<title>Check-In closed</title>{SPAN}", PageKind.UNKNOWN),
        (TITLE, PageKind.UNKNOWN),
        (f"<title>Please log in to continue...</title>{SPAN}", PageKind.LOGIN_NEEDED),
        ("<title>Please log in</title>", PageKind.UNKNOWN),
        ("", PageKind.UNKNOWN),
        (" \n", PageKind.UNKNOWN),
        ("<!-- -->", PageKind.UNKNOWN),
        ("{}", PageKind.UNKNOWN),
    ],
)
def test_other_pages_are_not(page, expected):
    assert kind(page) is expected


def test_other_encodings_are_read_as_the_headers_say():
    page = TITLE + SPAN.replace("alice", "zoé")
    assert read_page(page.encode("utf-16"), email="zoé@demo.test", charset="utf-16") is PageKind.CHECKED_IN
    assert read_page(page.encode("latin-1"), email="zoé@demo.test", charset="iso-8859-1") is PageKind.CHECKED_IN
    assert read_page(page.encode(), email="zoé@demo.test", charset="no-such") is PageKind.CHECKED_IN
    assert read_page(page.encode(), email="zoé@demo.test") is PageKind.CHECKED_IN


@given(st.binary(max_size=2000), st.sampled_from([None, "utf-8", "utf-7", "base64", "idna", "\0", "utf-16"]))
def test_no_bytes_bring_it_down(body, charset):
    read_page(body, email=EMAIL, charset=charset)
    read_page(TITLE.encode() + body + SPAN.encode(), email=EMAIL, charset=charset)


@pytest.mark.parametrize(
    "piece", ["<div>", "<b>", "<p><b>", "</b>", "<table><tr>", "<!--", "<", "&amp;", "\0", "<a x=1>"]
)
def test_a_megabyte_of_anything_is_read_in_a_moment(piece):
    page = (TITLE + piece * (MEGABYTE // len(piece))).encode()
    began = time.process_time()
    assert kind(page) is PageKind.UNKNOWN
    assert time.process_time() - began < 2
