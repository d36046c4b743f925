"""GET /api/v1/auth/me/, and what a request of somebody who is logged in costs."""

import pytest
import redis
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.selectors import user_by_email
from accounts.services.sessions import open_session
from core.redis import client as redis_client
from tests.accounts.conftest import Device, committing, device_for

pytestmark = pytest.mark.django_db


def device_by_service(user: User) -> Device:
    """A device logged in by the service, for the tests' own URLs have no login."""
    with committing():
        tokens = open_session(user=user_by_email(user.email)).tokens
    return Device(tokens.access, tokens.refresh)


def test_it_tells_who_is_logged_in(ours):
    answer = device_for(ours.agent).get("/api/v1/auth/me")
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "user": {
            "id": str(ours.agent.pk),
            "email": "agent@demo.test",
            "full_name": "",
            "role": "agent",
            "organization": {"id": str(ours.organization.pk), "name": "Demo", "slug": "demo"},
        },
    }


def test_without_a_token_it_tells_how_to_bring_one(http):
    answer = http.get("/api/v1/auth/me/")
    assert (answer.status_code, answer.json()) == (401, {"detail": "Authentication credentials were not provided."})
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_an_unknown_parameter_is_refused(ours):
    answer = device_for(ours.client).get("/api/v1/auth/me/?fields=all")
    assert answer.status_code == 400
    assert answer.json() == {
        "success": False, "message": "fields: Unknown parameter.", "errors": {"fields": ["Unknown parameter."]}
    }  # fmt: skip


@pytest.mark.urls("tests.accounts.probes")
def test_the_first_request_after_a_login_costs_no_sql_and_one_round_trip_to_redis(ours, monkeypatch):
    phone, sent = device_by_service(ours.client), []
    original = redis.Redis.execute_command

    def execute_command(self, *args, **options):
        sent.append(args[0])
        return original(self, *args, **options)

    monkeypatch.setattr(redis.Redis, "execute_command", execute_command)
    phone.get("/whoami")  # loads the script into Redis
    for _ in range(2):
        sent.clear()
        with CaptureQueriesContext(connection) as queries:
            answer = phone.get("/whoami")
        assert answer.json() == {
            "kind": "user", "user_id": str(ours.client.pk), "organization_id": str(ours.organization.pk),
            "role": "client", "email": "client@demo.test", "is_staff": False,
        }  # fmt: skip
        assert queries.captured_queries == []
        assert sent == ["EVALSHA"]


@pytest.mark.urls("tests.accounts.probes")
def test_an_identity_that_redis_lost_is_read_again_once(ours, django_assert_num_queries):
    phone = device_by_service(ours.client)
    redis_client().flushdb()
    with django_assert_num_queries(1):
        assert phone.get("/whoami").status_code == 200
    with django_assert_num_queries(0):
        assert phone.get("/whoami").status_code == 200


@pytest.mark.urls("tests.accounts.probes")
def test_without_redis_the_identity_comes_from_the_database(ours, request, django_assert_num_queries):
    phone = device_by_service(ours.client)
    request.getfixturevalue("no_redis")
    for _ in range(2):
        with django_assert_num_queries(1):
            assert phone.get("/whoami").status_code == 200


def test_people_of_one_organization_do_not_see_each_others_data(ours, theirs):
    assert device_for(ours.client).get().json()["user"]["id"] == str(ours.client.pk)
    assert device_for(theirs.client).get().json()["user"]["id"] == str(theirs.client.pk)
