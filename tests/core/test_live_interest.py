"""What a watcher hears: what he may, and of it what he asked for."""

from dataclasses import replace
from uuid import uuid4

import pytest

from core.actor import Actor
from core.errors import Forbidden, Invalid
from core.live.interest import Interest, interest_of, parse_patterns
from core.live.messages import listener

SCOPES = {"profile": "profiles", "job": "trackimmo", "session": "checkin"}
PERSON = Actor(kind="user", organization_id=uuid4(), user_id=uuid4())


def key(*scopes: str) -> Actor:
    return Actor(kind="key", organization_id=uuid4(), key_id="key", scopes=frozenset(scopes))


def heard(interest: Interest) -> list[str]:
    names = ("profile.logged_out", "profile.import.done", "profiles.x", "job.ended", "session.expired", "agent.online")
    return [name for name in names if interest.includes(name)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("profile.logged_out", ["profile.logged_out"]),
        ("profile.*", ["profile.logged_out", "profile.import.done"]),
        ("profile.import.*, job.ended", ["profile.import.done", "job.ended"]),
        ("nothing.like_it", []),
        (
            "profile.logged_out,*",
            ["profile.logged_out", "profile.import.done", "profiles.x", "job.ended", "session.expired", "agent.online"],
        ),
    ],
)
def test_a_person_hears_what_he_asks_for(text, names):
    assert heard(interest_of(PERSON, parse_patterns(text), SCOPES)) == names


def test_a_person_who_asks_for_nothing_in_particular_hears_everything():
    assert len(heard(interest_of(PERSON, [], SCOPES))) == 6


def test_what_concerns_some_is_heard_by_them_and_by_admins():
    named, another = replace(PERSON, role="client"), Actor(kind="user", organization_id=uuid4(), user_id=uuid4())
    admin = Actor(kind="user", organization_id=uuid4(), user_id=uuid4(), role="admin")
    audience = frozenset({listener("client", PERSON.user_id)})
    in_another_role = replace(PERSON, role="agent")
    callers = (named, admin, another, in_another_role)
    interests = [interest_of(actor, ["agent.*"], SCOPES) for actor in callers]
    assert [one.includes("agent.updated", audience) for one in interests] == [True, True, False, False]
    assert [one.includes("agent.updated", frozenset()) for one in interests] == [False, True, False, False]
    assert [one.includes("agent.updated") for one in interests] == [True] * 4
    assert [one.includes("job.ended", audience) for one in interests] == [False] * 4


def test_a_key_hears_nothing_that_concerns_some():
    interest = interest_of(key("profiles"), [], SCOPES)
    assert interest.includes("profile.deleted")
    for audience in (frozenset(), frozenset({""}), frozenset({listener("", None)})):
        assert not interest.includes("profile.deleted", audience)


def test_a_key_hears_what_its_scopes_open():
    assert heard(interest_of(key("profiles", "trackimmo"), [], SCOPES)) == [
        "profile.logged_out",
        "profile.import.done",
        "job.ended",
    ]
    assert heard(interest_of(key("profiles", "trackimmo"), ["job.*"], SCOPES)) == ["job.ended"]


@pytest.mark.parametrize(
    ("scopes", "patterns", "message"),
    [
        (["trackimmo:admin"], [], "This API key does not open live events."),
        (["profiles"], ["profile.*", "job.*"], "This API key does not open live events of job."),
        (["profiles"], ["agent.online"], "This API key does not open live events of agent."),
    ],
)
def test_a_key_is_told_what_it_does_not_open(scopes, patterns, message):
    with pytest.raises(Forbidden) as refusal:
        interest_of(key(*scopes), patterns, SCOPES)
    assert refusal.value.message == message


@pytest.mark.parametrize("text", ["profile", "profile.", ".x", "pro*", "profile.*.x", "a.b,,c.d", "a.b\nc", "A.b"])
def test_what_is_no_name_is_refused(text):
    with pytest.raises(Invalid) as refusal:
        parse_patterns(text)
    assert list(refusal.value.fields) == ["events"]


def test_there_may_be_fifty_names():
    assert len(parse_patterns(",".join(["a.b"] * 50))) == 50
    with pytest.raises(Invalid):
        parse_patterns(",".join(["a.b"] * 51))
