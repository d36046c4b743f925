"""Reading the log: pages, filters, one record, an agent's, numbers."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from core import tenancy
from profiles.models import LoggedOutProfile
from tests.profiles.factories import LoggedOutProfileFactory

pytestmark = pytest.mark.django_db

LOG = "/api/v1/logged-out-profiles/"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def logout(agent: str = "Agent_001", profile: str = "gmail_1", at: datetime = NOON) -> LoggedOutProfile:
    return LoggedOutProfileFactory(profile__agent_name=agent, profile__profile_name=profile, timestamp=at)


def ids(answer) -> list[int]:
    assert answer.status_code == 200, answer.content
    body = answer.json()
    return [item["id"] for item in (body["items"] if isinstance(body, dict) else body)]


@pytest.mark.parametrize("path", [LOG, LOG.rstrip("/")])
def test_an_empty_log(program, path):
    empty = {"items": [], "total": 0, "page": 1, "per_page": 100, "total_pages": 0}
    assert program.get(path).json() == empty


def test_a_record_looks_the_same_in_a_page_and_alone(program, in_scope):
    known, odd = logout(), logout(agent='é "quoted" \\', profile="\u2028", at=NOON + timedelta(microseconds=999_999))
    page = program.get(LOG).json()["items"]
    assert page == [program.get(f"{LOG}{record.pk}").json() for record in (odd, known)]
    assert {item["timestamp"] for item in page} == {"2026-03-10T12:00:00Z"}


def test_a_page_says_which_it_is_of_how_many(program, in_scope):
    records = [logout() for _ in range(7)]
    body = program.get(LOG, {"skip": 4, "limit": 2}).json()
    assert [item["id"] for item in body["items"]] == [records[2].pk, records[1].pk]
    assert {name: body[name] for name in ("total", "page", "per_page", "total_pages")} == {
        "total": 7,
        "page": 3,
        "per_page": 2,
        "total_pages": 4,
    }
    assert program.get(LOG, {"skip": 2_000_000_000}).json()["items"] == []


def test_a_record_has_the_documented_keys_and_times(program, in_scope):
    record = logout(at=NOON + timedelta(microseconds=999_999))
    shown = program.get(LOG).json()["items"][0]
    assert list(shown) == ["id", "agent_name", "profile_name", "timestamp", "created_at", "updated_at", "reason"]
    assert shown["timestamp"] == "2026-03-10T12:00:00Z"
    assert program.get(f"{LOG}{record.pk}").json() == program.get(f"{LOG}{record.pk}/").json() == shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, "dcba"),
        ({"agent_name": "Bob"}, "ba"),
        ({"agent_name": " Bob "}, "ba"),
        ({"agent_name": "bo"}, ""),
        ({"agent_name": "", "search": "", "date_from": "", "date_to": ""}, "dcba"),
        ({"profile_name": "x"}, "da"),
        ({"search": "BO"}, "ba"),
        ({"search": "zz"}, "c"),
        ({"date_from": "2026-03-11"}, "dcb"),
        ({"date_to": "2026-03-11"}, "ba"),
        ({"date_from": "0001-01-01", "date_to": "9999-12-31"}, "dcba"),
        ({"date_from": "2026-03-11", "date_to": "2026-03-11"}, "b"),
        ({"date_from": "2026-03-11T12:00:00Z", "date_to": "2026-03-11T12:00:00Z"}, "b"),
        ({"date_from": "2026-03-11T12:00:01Z"}, "dc"),
        ({"date_to": "2026-03-11T12:00:00.000000Z"}, "ba"),
        ({"date_to": "2026-03-11T11:59:59.5"}, "a"),
        ({"date_from": "2026-03-11T13:00:00+01:00", "date_to": "2026-03-11T07:00:00-05:00"}, "b"),
        ({"date_from": "2026-03-11T13:00:00 01:00", "date_to": "2026-03-11 12:00"}, "b"),
        ({"agent_name": "Ann", "date_from": "2026-03-13"}, "d"),
    ],
    ids=str,
)
def test_filters(program, in_scope, query, found):
    names = {"a": ("Bob", "x"), "b": ("Bob", "y"), "c": ("Ann", "zz"), "d": ("Ann", "x")}
    letters = {
        logout(agent, profile, NOON + timedelta(days=day)).pk: letter
        for day, (letter, (agent, profile)) in enumerate(names.items())
    }
    assert "".join(letters[pk] for pk in ids(program.get(LOG, query))) == found
    assert program.get(LOG, query).json()["total"] == len(found)


def test_the_end_of_a_second_is_in_it(program, in_scope):
    record = logout(at=NOON + timedelta(milliseconds=700))
    told = program.get(f"{LOG}{record.pk}").json()["timestamp"]
    assert ids(program.get(LOG, {"date_from": told, "date_to": told})) == [record.pk]


WRONG = [
    ("limit", "0"),
    ("limit", "1001"),
    ("limit", "abc"),
    ("limit", ""),
    ("limit", "1e2"),
    ("limit", "9" * 400),
    ("skip", "-1"),
    ("skip", "1e9"),
    ("skip", str(2**63)),
    ("date_from", "yesterday"),
    ("date_from", "2026-02-30"),
    ("date_from", "0001-01-01T00:00:00+14:00"),
    ("date_to", "2026-03-10T25:00:00Z"),
    ("agent_name", "x" * 256),
    ("search", "x" * 256),
    ("profile_name", "a\x00"),
    ("offset", "1"),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=lambda value: value[:30])
def test_a_wrong_parameter_is_named(program, name, value):
    answer = program.get(LOG, {name: value})
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {name}


def test_a_window_that_ends_before_it_begins_is_refused(program):
    for path in (LOG, f"{LOG}analytics/stats", f"{LOG}export"):
        answer = program.get(path, {"date_from": "2026-03-11", "date_to": "2026-03-10"})
        assert answer.status_code == 400
        assert set(answer.json()["errors"]) == {"date_to"}


def test_a_parameter_given_twice_is_refused(program):
    assert program.get(f"{LOG}?limit=1&limit=2").json()["errors"] == {"limit": ["Given more than once."]}


@pytest.mark.parametrize("pk", ["0", "-1", "9" * 18, "9" * 19, "9" * 500, "abc", "1.0", "%00", "٣", "1e3"])
def test_an_id_that_nothing_has_is_404(program, in_scope, pk):
    logout()
    for send in (program.get, program.delete, program.put, program.patch):
        answer = send(f"{LOG}{pk}", format="json") if send != program.get else send(f"{LOG}{pk}")
        assert answer.status_code == 404, answer.content
        assert answer.json() == {"detail": "Logged out profile not found"}
    assert LoggedOutProfile.objects.count() == 1


NAMES = ["Agent_001", "a/b", "a b", "Zoë 中", "50%", "a?b#c", "agent/", "analytics/stats", "a//b", ".."]


@pytest.mark.parametrize("agent", NAMES)
def test_an_agents_records_whatever_he_is_called(program, in_scope, agent):
    record = logout(agent, "x")
    other = logout(agent, "y")
    logout("somebody else", "x")
    # What is behind the name's last slash is the path's: a name that ends in one is asked for with another.
    path = f"{LOG}agent/{quote(agent, safe='')}" + ("/" if agent.endswith("/") else "")
    answer = program.get(path)
    assert ids(answer) == [other.pk, record.pk]
    assert isinstance(answer.json(), list)
    assert ids(program.get(f"{LOG}agent/{quote(agent)}/")) == [other.pk, record.pk]
    assert ids(program.get(path, {"profile_name": "x"})) == [record.pk]
    assert ids(program.get(path, {"skip": 1, "limit": 1})) == [record.pk]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"agent_name": "Ann"}, "cba"),
        ({"agent_name": ""}, "cba"),
        ({"date_from": "2026-03-11"}, "cb"),
        ({"date_to": "2026-03-11"}, "ba"),
        ({"search": "Y"}, "b"),
        ({"search": "ann", "profile_name": "x", "skip": 1, "limit": 1}, "a"),
    ],
    ids=str,
)
def test_an_agents_records_are_filtered_as_all_are(program, in_scope, query, found):
    letters = {
        logout("Ann", profile, NOON + timedelta(days=day)).pk: letter
        for day, (letter, profile) in enumerate({"a": "x", "b": "y", "c": "x"}.items())
    }
    logout("Bob", "Ann y", NOON + timedelta(days=1))
    assert "".join(letters[pk] for pk in ids(program.get(f"{LOG}agent/Ann", query))) == found


def test_an_agents_records_are_no_other_agents(program, in_scope):
    logout("Bob")
    answer = program.get(f"{LOG}agent/Ann", {"agent_name": "Bob"})
    assert (answer.status_code, answer.json()["errors"]) == (400, {"agent_name": ["Is not the name in the path."]})


@pytest.mark.parametrize("path", ["agent", "agent/"])
def test_an_agent_without_a_name_is_told(program, path):
    answer = program.get(f"{LOG}{path}")
    assert (answer.status_code, answer.json()["errors"]) == (400, {"agent_name": ["This field may not be blank."]})


def test_an_agent_nobody_knows_has_none(program, in_scope):
    assert program.get(f"{LOG}agent/nobody").json() == []
    assert program.get(f"{LOG}agent/{'x' * 256}").status_code == 400
    assert program.get(f"{LOG}agent/a%00").status_code == 400
    assert program.get(f"{LOG}agent/%20").status_code == 400


def test_another_organizations_records_are_not_there(program, theirs, in_scope):
    with tenancy.scope(theirs.organization.pk):
        foreign = logout()
    assert program.get(LOG).json()["total"] == 0
    assert program.get(f"{LOG}agent/Agent_001").json() == []
    assert program.get(f"{LOG}analytics/stats").json()["total_logouts"] == 0
    assert program.get(f"{LOG}{foreign.pk}").status_code == 404
    assert len(b"".join(program.get(f"{LOG}export").streaming_content).splitlines()) == 1


def test_statistics(program, in_scope):
    for day, (agent, profile) in enumerate([("Ann", "x"), ("Ann", "x"), ("Ann", "y"), ("Bob", "x")]):
        logout(agent, profile, NOON + timedelta(days=day))
    body = program.get(f"{LOG}analytics/stats", {"date_from": "2026-03-10", "date_to": "2026-03-13"}).json()
    assert list(body)[:3] == ["total_logouts", "top_agents", "top_profiles"]
    assert body == {
        "total_logouts": 4,
        "top_agents": [{"agent_name": "Ann", "logout_count": 3}, {"agent_name": "Bob", "logout_count": 1}],
        "top_profiles": [{"profile_name": "x", "logout_count": 3}, {"profile_name": "y", "logout_count": 1}],
        "repeat_offenders": [
            {
                "agent_name": "Ann",
                "profile_name": "x",
                "logout_count": 2,
                "first_logout": "2026-03-10T12:00:00Z",
                "last_logout": "2026-03-11T12:00:00Z",
            }
        ],
        "daily": [{"date": f"2026-03-{day}", "logout_count": 1} for day in (10, 11, 12, 13)],
    }
    of_bob = program.get(f"{LOG}analytics/stats/", {"agent_name": "Bob"}).json()
    assert (of_bob["total_logouts"], len(of_bob["daily"])) == (1, 30)
    for query, total in (
        ({"search": "BO"}, 1),
        ({"profile_name": "x"}, 3),
        ({"profile_name": "x", "search": "an", "agent_name": "Ann"}, 2),
        ({"skip": "3", "limit": "1"}, 4),
    ):
        found = program.get(
            f"{LOG}analytics/stats", {"date_from": "2026-03-10", "date_to": "2026-03-13", **query}
        ).json()
        assert (found["total_logouts"], sum(day["logout_count"] for day in found["daily"])) == (total, total)
    assert program.get(f"{LOG}analytics/stats", {"limit": "0"}).json()["errors"].keys() == {"limit"}


@pytest.mark.parametrize("endpoint", ["", "agent/Agent_001", "analytics/stats", "export"])
def test_what_it_costs(program, in_scope, counted, endpoint):
    logout()
    program.get(LOG)  # the key's organization is remembered from now on
    with counted(f"GET logged-out-profiles/{endpoint}"):
        answer = program.get(f"{LOG}{endpoint}")
        assert b"".join(answer) if answer.streaming else answer.content


def test_what_one_record_costs(program, in_scope, counted):
    record = logout()
    program.get(LOG)
    with counted("GET logged-out-profiles/{id}"):
        program.get(f"{LOG}{record.pk}")
