"""Old scripts, which send no credentials."""

import pytest
from rest_framework.test import APIClient

from profiles.models import LoggedOutProfile
from profiles.views import records
from tests.stored import audited

pytestmark = pytest.mark.django_db

HANDLER = "/gmail-automation/logged-out-profiles"
LOG = "/api/v1/logged-out-profiles/"
BODY = {"agent_name": "Agent_001", "profile_name": "profile_gmail_1"}


@pytest.fixture
def is_open(settings) -> None:
    settings.PROFILES_PUBLIC_INGEST = True


def test_unless_it_is_switched_on_credentials_are_needed(http, in_scope):
    assert http.post(HANDLER, BODY, format="json").status_code == 401
    assert not LoggedOutProfile.objects.exists()


@pytest.mark.parametrize("path", [HANDLER, HANDLER + "/"])
def test_the_handler_writes_into_the_organization_of_the_environments_keys(is_open, http, theirs, in_scope, path):
    answer = http.post(path, BODY, format="json")
    assert answer.status_code == 201, answer.content
    assert LoggedOutProfile.objects.get().pk == answer.json()["id"]
    [entry] = audited()
    assert (entry["user_id"], entry["key_id"], entry["ip_address"]) == (
        None,
        "environment:public@127.0.0.1",
        "127.0.0.1",
    )


def test_nothing_else_opens(is_open, http, in_scope):
    record = http.post(HANDLER, BODY, format="json").json()["id"]
    assert http.post(LOG, BODY, format="json").status_code == 401
    for path in (LOG, f"{LOG}{record}", f"{LOG}agent/Agent_001", f"{LOG}analytics/stats", f"{LOG}export"):
        assert http.get(path).status_code == 401, path
    assert http.delete(f"{LOG}{record}").status_code == 401
    assert http.put(f"{LOG}{record}", BODY, format="json").status_code == 401
    assert http.get(HANDLER).status_code == 405
    assert LoggedOutProfile.objects.count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-Key": "wrong"},
        {"X-API-Key": ""},
        {"Authorization": "Bearer not.a.token"},
        {"Authorization": "Basic YTpi"},
        {"X-Admin-Key": "demo-admin-key"},
        {"x-checkout-key": "demo-checkout-key"},
    ],
    ids=str,
)
def test_wrong_credentials_are_still_wrong(is_open, in_scope, headers):
    assert APIClient(headers=headers).post(HANDLER, BODY, format="json").status_code == 401
    assert not LoggedOutProfile.objects.exists()


def test_addresses_are_limited_one_by_one_and_apart_from_keys(is_open, http, program, in_scope, monkeypatch):
    monkeypatch.setattr(records, "PUBLIC", records.Limit("profiles-public", 2, 3600, per=records.Per.ADDRESS))
    answers = [http.post(HANDLER, BODY, format="json") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[0].headers["X-RateLimit-Limit"] == "2"
    assert int(answers[2].headers["Retry-After"]) > 0
    assert http.post(HANDLER, BODY, format="json", REMOTE_ADDR="192.0.2.7").status_code == 201
    assert program.post(HANDLER, BODY, format="json").status_code == 201
    assert LoggedOutProfile.objects.count() == 4


def test_strangers_do_not_share_remembered_answers(is_open, http, in_scope):
    key = {"Idempotency-Key": "same"}
    first = http.post(HANDLER, BODY, format="json", headers=key)
    second = http.post(HANDLER, BODY, format="json", headers=key, REMOTE_ADDR="192.0.2.7")
    assert first.json()["id"] != second.json()["id"]


def test_without_the_organization_nothing_is_open(is_open, http, theirs, settings):
    settings.API_KEY_ORGANIZATION = "nobody"
    assert http.post(HANDLER, BODY, format="json").status_code == 401
    assert not LoggedOutProfile.unscoped.exists()
