"""Reporting a logout."""

import pytest

from core.outbox.models import OutboxEvent
from profiles.models import BrowserProfile, LoggedOutProfile
from tests.stored import audited

pytestmark = pytest.mark.django_db

HANDLER = "/gmail-automation/logged-out-profiles"
LOG = "/api/v1/logged-out-profiles/"
BODY = {"agent_name": "Agent_001", "profile_name": "profile_gmail_1"}


@pytest.mark.parametrize("path", [HANDLER, HANDLER + "/", LOG, LOG.rstrip("/")])
def test_a_logout_is_written_down_and_answered(program, path, in_scope):
    answer = program.post(path, BODY, format="json")
    assert answer.status_code == 201, answer.content
    record = LoggedOutProfile.objects.select_related("profile").get()
    assert answer.json() == {
        "id": record.pk,
        **BODY,
        "timestamp": f"{record.timestamp:%Y-%m-%dT%H:%M:%SZ}",
        "created_at": f"{record.created_at:%Y-%m-%dT%H:%M:%SZ}",
        "updated_at": f"{record.updated_at:%Y-%m-%dT%H:%M:%SZ}",
        "reason": None,
    }
    assert (record.profile.agent_name, record.profile.profile_name) == ("Agent_001", "profile_gmail_1")


def test_a_profile_is_written_down_once_however_often_it_is_reported(program, in_scope):
    ids = [program.post(HANDLER, BODY, format="json").json()["id"] for _ in range(3)]
    assert BrowserProfile.objects.count() == 1
    assert list(LoggedOutProfile.objects.order_by("pk").values_list("pk", flat=True)) == ids


def test_names_are_trimmed_and_a_reason_is_kept(program, in_scope):
    body = {"agent_name": "  Ägent 7/b ", "profile_name": "\tprofile\n", "reason": " session expired "}
    said = program.post(LOG, body, format="json").json()
    assert (said["agent_name"], said["profile_name"], said["reason"]) == ("Ägent 7/b", "profile", "session expired")
    assert LoggedOutProfile.objects.get().reason == "session expired"


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_no_reason_is_null(program, in_scope, reason):
    assert program.post(LOG, {**BODY, "reason": reason}, format="json").json()["reason"] is None
    assert LoggedOutProfile.objects.get().reason is None


@pytest.mark.parametrize("path", [HANDLER, LOG])
def test_what_the_server_sets_may_come_along_and_changes_nothing(program, in_scope, path):
    first = program.post(path, BODY, format="json").json()
    odd = {"id": first["id"], "timestamp": "2001-01-01T00:00:00Z", "created_at": None, "updated_at": ["x"]}
    second = program.post(path, {**BODY, **odd}, format="json")
    assert second.status_code == 201
    assert second.json()["id"] > first["id"]
    assert all(second.json()[name] >= first[name] for name in ("timestamp", "created_at", "updated_at"))
    assert LoggedOutProfile.objects.count() == 2


def test_it_is_in_the_audit_log(program, in_scope):
    said = program.post(LOG, {**BODY, "reason": "kicked"}, format="json", headers={"X-Request-ID": "request-1"}).json()
    [entry] = audited()
    assert (entry["action"], entry["resource_type"]) == ("create", "logged_out_profile")
    assert (entry["resource_id"], entry["key_id"]) == (str(said["id"]), "environment:API_KEY")
    assert entry["changes"] == {name: [None, value] for name, value in {**BODY, "reason": "kicked"}.items()}
    assert OutboxEvent.objects.get().request_id == "request-1"


def test_people_report_too(ours, logged_in, in_scope):
    for person in (ours.admin, ours.client, ours.agent):
        assert logged_in(person).post(LOG, BODY, format="json").status_code == 201
    assert [entry["user_id"] for entry in audited()][-1] == str(ours.agent.pk)


LONG = "x" * 256
WRONG = [
    ({}, {"agent_name", "profile_name"}),
    ({"agent_name": "a"}, {"profile_name"}),
    ({**BODY, "agent_name": ""}, {"agent_name"}),
    ({**BODY, "agent_name": "   "}, {"agent_name"}),
    ({**BODY, "agent_name": LONG}, {"agent_name"}),
    ({**BODY, "agent_name": None}, {"agent_name"}),
    ({**BODY, "profile_name": 7}, {"profile_name"}),
    ({**BODY, "profile_name": True}, {"profile_name"}),
    ({**BODY, "profile_name": ["a"]}, {"profile_name"}),
    ({**BODY, "profile_name": {"$gt": ""}}, {"profile_name"}),
    ({**BODY, "profile_name": "a\x00b"}, {"profile_name"}),
    ({**BODY, "reason": "x" * 1001}, {"reason"}),
    ({**BODY, "reason": 5}, {"reason"}),
    ({**BODY, "time": "2025-07-13T10:30:00Z"}, {"time"}),
    ({**BODY, "id": 1, "organization": 1}, {"organization"}),
    ([BODY], {"non_field_errors"}),
]


@pytest.mark.parametrize(
    ("body", "fields"), WRONG, ids=lambda value: str(sorted(value) if isinstance(value, set) else value)[:60]
)
@pytest.mark.parametrize("path", [HANDLER, LOG])
def test_a_body_that_is_wrong_is_refused_by_field_and_changes_nothing(program, in_scope, path, body, fields):
    answer = program.post(path, body, format="json")
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == fields
    assert answer.json()["detail"]
    assert not LoggedOutProfile.objects.exists()
    assert not BrowserProfile.objects.exists()
    assert audited() == []


# Valid, once deeper than the parser goes and once not.
DEEP, LESS_DEEP = (
    b'{"agent_name": "a", "profile_name": ' + b"[" * depth + b"]" * depth + b"}" for depth in (5000, 500)
)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", DEEP, LESS_DEEP, b'"text"', b"null", b"7"], ids=lambda body: repr(body[:50])
)
def test_what_is_no_body_at_all_is_refused(program, in_scope, body):
    assert program.post(LOG, body, content_type="application/json").status_code == 400
    assert not LoggedOutProfile.objects.exists()


def test_the_longest_names_fit(program, in_scope):
    body = {"agent_name": "\U0001f600" * 255, "profile_name": "é" * 255, "reason": "r" * 1000}
    assert program.post(LOG, body, format="json").status_code == 201
    assert LoggedOutProfile.objects.get().profile.agent_name == "\U0001f600" * 255


def test_a_retry_with_its_key_is_one_record(program, in_scope):
    answers = [program.post(LOG, BODY, format="json", headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert LoggedOutProfile.objects.count() == len(audited()) == 1


def test_a_parameter_is_refused(program, in_scope):
    assert program.post(f"{HANDLER}?agent_name=x", BODY, format="json").status_code == 400
    assert not LoggedOutProfile.objects.exists()


def test_the_organization_next_door_has_profiles_of_its_own(program, theirs, logged_in, in_scope):
    logged_in(theirs.admin).post(LOG, BODY, format="json")
    program.post(LOG, BODY, format="json")
    assert BrowserProfile.unscoped.count() == 2
    assert LoggedOutProfile.objects.get().profile.organization_id == in_scope.pk


def test_what_it_costs(program, in_scope, counted):
    program.post(LOG, BODY, format="json")
    with counted("POST logged-out-profiles"):
        program.post(LOG, {**BODY, "profile_name": "another"}, format="json")
