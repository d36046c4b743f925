"""Correcting one record, and deleting it."""

import pytest
from django.db import connection

from core import tenancy
from profiles import services
from profiles.errors import RecordNotFound
from profiles.models import BrowserProfile, LoggedOutProfile
from tests.profiles.factories import LoggedOutProfileFactory
from tests.stored import audited

pytestmark = pytest.mark.django_db

LOG = "/api/v1/logged-out-profiles/"


@pytest.fixture
def record(in_scope) -> LoggedOutProfile:
    made = LoggedOutProfileFactory(profile__agent_name="Ann", profile__profile_name="x", reason="kicked")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE logged_out_profiles SET created_at = '2026-01-01', updated_at = '2026-01-01'")
    made.refresh_from_db()
    return made


def facts(record: LoggedOutProfile) -> tuple:
    found = LoggedOutProfile.unscoped.select_related("profile").get(pk=record.pk)
    return found.profile.agent_name, found.profile.profile_name, found.reason


@pytest.mark.parametrize(
    ("body", "becomes"),
    [
        ({"agent_name": "Bob"}, ("Bob", "x", "kicked")),
        ({"profile_name": " y "}, ("Ann", "y", "kicked")),
        ({"agent_name": "Bob", "profile_name": "y", "reason": "expired"}, ("Bob", "y", "expired")),
        ({"reason": None}, ("Ann", "x", None)),
        ({"reason": ""}, ("Ann", "x", None)),
        ({"agent_name": None, "profile_name": "y"}, ("Ann", "y", "kicked")),
        ({"agent_name": "Bob", "profile_name": None}, ("Bob", "x", "kicked")),
        (
            {"id": 5, "timestamp": "2001-01-01T00:00:00Z", "created_at": 1, "updated_at": None, "profile_name": "y"},
            ("Ann", "y", "kicked"),
        ),
    ],
    ids=str,
)
@pytest.mark.parametrize("verb", ["put", "patch"])
def test_what_is_given_is_changed_and_the_rest_stays(program, record, verb, body, becomes):
    answer = getattr(program, verb)(f"{LOG}{record.pk}", body, format="json")
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert (said["agent_name"], said["profile_name"], said["reason"]) == facts(record) == becomes
    assert (said["id"], said["created_at"]) == (record.pk, "2026-01-01T00:00:00Z")
    assert said["updated_at"] > "2026-01-01T00:00:00Z"
    assert said == program.get(f"{LOG}{record.pk}/").json()
    [entry] = audited()
    assert (entry["action"], entry["resource_id"]) == ("update", str(record.pk))
    was = {"agent_name": "Ann", "profile_name": "x", "reason": "kicked"}
    now = dict(zip(was, becomes, strict=True))
    assert entry["changes"] == {name: [was[name], now[name]] for name in was if was[name] != now[name]}


@pytest.mark.parametrize("verb", ["put", "patch"])
def test_a_record_may_be_sent_back_as_it_was_read(program, record, verb):
    read = program.get(f"{LOG}{record.pk}").json()
    answer = getattr(program, verb)(f"{LOG}{record.pk}", read, format="json")
    assert (answer.status_code, answer.json()) == (200, read)
    assert audited() == []


def test_other_records_of_the_profile_keep_their_names(program, record):
    other = LoggedOutProfileFactory(profile=record.profile)
    program.put(f"{LOG}{record.pk}", {"agent_name": "Bob"}, format="json")
    assert facts(other) == ("Ann", "x", None)
    assert BrowserProfile.objects.count() == 2


@pytest.mark.parametrize("body", [{}, {"agent_name": "Ann"}, {"profile_name": "x", "reason": "kicked"}])
def test_what_changes_nothing_changes_nothing(program, record, body):
    answer = program.put(f"{LOG}{record.pk}/", body, format="json")
    assert answer.status_code == 200
    assert answer.json()["updated_at"] == "2026-01-01T00:00:00Z"
    assert audited() == []


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"agent_name": ""}, {"agent_name"}),
        ({"agent_name": None}, {"agent_name"}),
        ({"profile_name": 3}, {"profile_name"}),
        ({"profile_name": "y", "agent_name": "x" * 256}, {"agent_name"}),
        ({"agent_name": None, "reason": "x"}, {"agent_name"}),
        ({"agent_name": None, "profile_name": None}, {"agent_name", "profile_name"}),
        ({"agent_name": None, "profile_name": ""}, {"profile_name"}),
        ({"time": "2026-01-01T00:00:00Z"}, {"time"}),
        ({"id": 5, "name": "y"}, {"name"}),
        (["y"], {"non_field_errors"}),
    ],
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value),
)
def test_what_is_wrong_is_refused_by_field(program, record, body, fields):
    answer = program.put(f"{LOG}{record.pk}", body, format="json")
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == fields
    assert facts(record) == ("Ann", "x", "kicked")
    assert audited() == []


def test_a_deleted_record_is_answered_as_it_was(program, record):
    shown = program.get(f"{LOG}{record.pk}").json()
    answer = program.delete(f"{LOG}{record.pk}")
    assert (answer.status_code, answer.json()) == (200, shown)
    assert not LoggedOutProfile.objects.exists()
    [entry] = audited()
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == (
        "delete",
        "logged_out_profile",
        str(record.pk),
    )
    assert entry["changes"] == {"agent_name": ["Ann", None], "profile_name": ["x", None], "reason": ["kicked", None]}
    assert program.delete(f"{LOG}{record.pk}/").status_code == 404
    assert len(audited()) == 1


def test_the_neighbours_records_are_neither_changed_nor_deleted(program, theirs, in_scope):
    with tenancy.scope(theirs.organization.pk):
        foreign = LoggedOutProfileFactory(profile__agent_name="Ann", profile__profile_name="x")
    for send in (program.put, program.patch, program.delete):
        assert send(f"{LOG}{foreign.pk}", {"agent_name": "Bob"}, format="json").status_code == 404
    assert facts(foreign) == ("Ann", "x", None)
    assert audited() == []


def test_services_refuse_what_is_not_there(in_scope):
    with pytest.raises(RecordNotFound):
        services.update_record(record_id=1, agent_name="Bob")
    with pytest.raises(RecordNotFound):
        services.delete_record(record_id=1)


def test_what_they_cost(program, record, counted):
    program.get(LOG)
    with counted("PUT logged-out-profiles/{id}"):
        program.put(f"{LOG}{record.pk}", {"agent_name": "Bob"}, format="json")
    with counted("DELETE logged-out-profiles/{id}"):
        program.delete(f"{LOG}{record.pk}")
