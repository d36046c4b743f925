"""What goes through Redis, and how it stands in a stream."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from core.live.frames import frame_of, gap
from core.live.messages import LiveEvent, channel_of, decode, encode, organization_of

FOR_TWO = LiveEvent("2", "agent.updated", b"{}", frozenset({"a", "b"}))
EVENT = LiveEvent("1", "profile.logged_out", '{"name":"Zoé\\nline"}'.encode())


def test_a_message_is_what_was_put_in():
    for_nobody = LiveEvent("3", "agent.updated", b"{}", frozenset())
    assert decode(encode([EVENT, FOR_TWO, for_nobody, EVENT])) == [EVENT, FOR_TWO, for_nobody, EVENT]


def test_a_message_of_before_there_were_audiences_is_for_everybody():
    assert decode(b'[["1", "profile.deleted", {"id": 7}]]') == [LiveEvent("1", "profile.deleted", b'{"id":7}')]


@pytest.mark.parametrize("rest", ["5", '"a", "what nobody knows yet"', "[{}]"])
def test_a_message_that_does_not_say_clearly_who_may_hear_it_is_refused(rest):
    with pytest.raises(ValueError, match="is no list of events"):
        decode(f'[["1", "agent.updated", {{}}, {rest}]]'.encode())


@pytest.mark.parametrize("message", [b"", b"x", b"\xff", b"{}1", b"1", b"[1]", b'["ab"]', b'{"a": 1}', b"[[1, 2]]"])
def test_what_is_none_of_ours_is_refused(message):
    with pytest.raises(ValueError):  # noqa: PT011 -- in whose words does not matter
        decode(message)


def test_a_channel_tells_its_organization_and_anything_else_tells_none():
    organization_id = uuid4()
    assert organization_of(channel_of(organization_id).encode()) == organization_id
    assert organization_of(b"live:someone-else") is None
    assert organization_of(b"live:\xff") is None


def test_an_event_is_three_lines_and_an_empty_one():
    assert frame_of(EVENT).decode() == 'id: 1\nevent: profile.logged_out\ndata: {"name":"Zoé\\nline"}\n\n'


def test_a_gap_says_since_when():
    lines = gap(since=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)).decode().splitlines()
    assert lines[1:] == ["event: live.gap", 'data: {"since":"2026-01-02T03:04:05Z"}', ""]
