"""A cursor says where the next page begins, to the list that made it, and nothing else is taken for one."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cursors import NotACursor, cursor_of, milliseconds_of, moment_of, position_of

KINDS = (int, str, float)
WHOLE = st.integers(min_value=-(2**63), max_value=2**63 - 1)
# orjson writes no half of a pair of surrogates.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NUMBER = st.floats(allow_nan=False, allow_infinity=False)


def made_of(value: object) -> str:
    return urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")


@given(WHOLE, TEXT, NUMBER)
def test_a_position_comes_back_as_it_was(whole, text, number):
    cursor = cursor_of(whole, text, number)
    assert position_of(cursor, *KINDS) == [whole, text, number]
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize("whole", [2**63, 2**64 - 1])
def test_a_number_that_no_database_counts_to_is_refused(whole):
    with pytest.raises(NotACursor):
        position_of(cursor_of(whole, "", 0.0), *KINDS)


@given(st.text(max_size=200))
def test_a_text_that_is_no_cursor_is_refused_whatever_it_is(text):
    with pytest.raises(NotACursor):
        position_of(text, *KINDS)


@given(st.recursive(st.none() | st.booleans() | WHOLE | NUMBER | TEXT, lambda inner: st.lists(inner, max_size=4)))
def test_another_value_in_a_cursors_clothes_is_refused(value):
    if not (isinstance(value, list) and [type(one) for one in value] == list(KINDS)):
        with pytest.raises(NotACursor):
            position_of(made_of(value), *KINDS)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "=",
        "A",
        "====",
        "é",
        "\x00",
        "[1]",
        made_of({"0": 1}),
        made_of([True, "a", 1.0]),
        made_of([1, "a"]),
        made_of([1, "a", 1.0, 1]),
        made_of([1, "a", 1]),
        made_of([{"$gt": 0}, "a", 1.0]),
        urlsafe_b64encode(b'[NaN,"a",1.0]').decode(),
        urlsafe_b64encode(b"[" * 100_000).decode(),
        "A" * 1_000_000,
    ],
    ids=range(16),
)
def test_what_a_caller_could_try_is_refused(cursor):
    with pytest.raises(NotACursor) as caught:
        position_of(cursor, *KINDS)
    assert caught.value.fields == {"cursor": ["Not a cursor of this list: use next_cursor as it was answered."]}


def test_a_cursor_of_another_list_is_refused():
    with pytest.raises(NotACursor):
        position_of(cursor_of(1, "a"), str, int)


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_moments_are_told_in_milliseconds(moment):
    told = moment_of(milliseconds_of(moment))
    assert timedelta() <= moment - told < timedelta(milliseconds=1)
    assert told.microsecond % 1000 == 0
    assert milliseconds_of(told) == milliseconds_of(moment)


@given(st.integers())
def test_a_moment_that_no_calendar_has_is_refused(milliseconds):
    try:
        moment = moment_of(milliseconds)
    except NotACursor:
        assert not -62_135_596_800_000 <= milliseconds <= 253_402_300_799_999
    else:
        assert milliseconds_of(moment) == milliseconds
