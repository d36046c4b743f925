"""API keys: of the database and of the environment."""

import hashlib
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import services
from accounts.models import ApiKey, Organization, Scope
from core import tenancy
from core.errors import Invalid
from core.outbox.models import OutboxEvent
from core.redis import client as redis_client
from tests.accounts.conftest import audited, committing
from tests.accounts.test_me import device_by_service

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.probes")]

UNKNOWN = {"detail": "Invalid API key."}


def call(path, **headers):
    with committing():
        return APIClient().get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def issue(company, *scopes, **options):
    with tenancy.scope(company.organization.pk):
        return services.issue_api_key(name="A program", scopes=scopes, **options)


# Keys of the database -------------------------------------------------------------------------------------------------


def test_a_key_opens_what_it_was_issued_for_in_its_own_organization(ours, theirs):
    issued = issue(theirs, Scope.TRACKIMMO)
    answer = call("/program", X_API_Key=issued.secret)
    assert answer.json() == {
        "kind": "key",
        "key_id": str(issued.key.pk),
        "organization_id": str(theirs.organization.pk),
        "is_staff": False,
        "scopes": ["trackimmo"],
    }


def test_only_a_digest_and_a_readable_prefix_are_kept(ours):
    issued = issue(ours, Scope.TRACKIMMO, Scope.PROFILES)
    stored = ApiKey.unscoped.values().get()
    assert stored["secret_sha256"] == hashlib.sha256(issued.secret.encode()).hexdigest()
    assert stored["prefix"] == issued.secret[:12]
    assert issued.secret.startswith("sbk_")
    assert len(issued.secret) == 47
    assert stored["scopes"] == ["profiles", "trackimmo"]
    assert audited() == [("create", "api_key", str(issued.key.pk))]
    assert issued.secret not in str(stored)
    assert issued.secret not in str(list(OutboxEvent.unscoped.values()))
    assert issue(ours, Scope.TRACKIMMO).secret != issued.secret


def test_a_key_does_not_open_what_it_was_not_issued_for(ours):
    answer = call("/program", X_API_Key=issue(ours, Scope.PROFILES).secret)
    assert (answer.status_code, answer.json()) == (401, {"detail": "This API key does not open trackimmo."})
    assert answer["WWW-Authenticate"] == 'ApiKey header="X-API-Key"'


@pytest.mark.parametrize("secret", ["x", "sbk_" + "A" * 43, "é", " ", "null", "A" * 5000, "demo-api-key-"])
def test_an_unknown_key_is_refused(ours, secret):
    answer = call("/program", X_API_Key=secret)
    assert answer.status_code == 401
    assert answer.json() in (UNKNOWN, {"detail": "Missing API key: send it in the X-API-Key header."})


@pytest.mark.parametrize("headers", [{}, {"X_API_Key": ""}, {"X_Admin_Key": "demo-admin-key"}])
def test_a_missing_key_is_asked_for(ours, headers):
    answer = call("/program", **headers)
    assert (answer.status_code, answer.json()) == (
        401, {"detail": "Missing API key: send it in the X-API-Key header."}
    )  # fmt: skip


def test_a_revoked_key_is_out_at_once(ours, in_scope):
    issued, other = issue(ours, Scope.TRACKIMMO), issue(ours, Scope.TRACKIMMO)
    assert call("/program", X_API_Key=issued.secret).status_code == 200
    with committing():
        services.revoke_api_key(api_key=issued.key)
    answer = call("/program", X_API_Key=issued.secret)
    assert (answer.status_code, answer.json()) == (401, UNKNOWN)
    assert call("/program", X_API_Key=other.secret).status_code == 200
    services.revoke_api_key(api_key=issued.key)
    assert audited().count(("revoke", "api_key", str(issued.key.pk))) == 1


def test_a_key_of_another_organization_cannot_be_revoked(ours, theirs):
    issued = issue(theirs, Scope.TRACKIMMO)
    with tenancy.scope(ours.organization.pk), pytest.raises(ApiKey.DoesNotExist):
        services.revoke_api_key(api_key=issued.key)
    assert call("/program", X_API_Key=issued.secret).status_code == 200


def test_a_key_ends_when_it_expires_even_while_it_is_cached(ours):
    with time_machine.travel(timezone.now(), tick=True) as clock:
        issued = issue(ours, Scope.TRACKIMMO, expires_at=timezone.now() + timedelta(minutes=1))
        assert call("/program", X_API_Key=issued.secret).status_code == 200
        clock.shift(timedelta(minutes=1))
        answer = call("/program", X_API_Key=issued.secret)
        assert (answer.status_code, answer.json()) == (401, {"detail": "This API key has expired."})


def test_a_change_of_scopes_holds_at_once(ours):
    issued = issue(ours, Scope.PROFILES)
    assert call("/program", X_API_Key=issued.secret).status_code == 401
    with committing():
        issued.key.scopes = [Scope.TRACKIMMO]
        issued.key.save()
    assert call("/program", X_API_Key=issued.secret).status_code == 200
    with committing():
        ApiKey.unscoped.filter(pk=issued.key.pk).delete()
    assert call("/program", X_API_Key=issued.secret).status_code == 401


def test_a_known_key_costs_no_sql(ours, django_assert_num_queries):
    issued = issue(ours, Scope.TRACKIMMO)
    with django_assert_num_queries(2):  # the key, and the note that it is in use
        call("/program", X_API_Key=issued.secret)
    with django_assert_num_queries(0):
        assert call("/program", X_API_Key=issued.secret).status_code == 200


def test_the_last_use_is_noted_when_the_identity_is_read_and_at_most_once_a_minute(ours):
    issued = issue(ours, Scope.TRACKIMMO)
    assert issued.key.last_used_at is None

    def use() -> object:
        redis_client().flushdb()
        assert call("/program", X_API_Key=issued.secret).status_code == 200
        return ApiKey.unscoped.get().last_used_at

    first = use()
    assert abs(first - timezone.now()) < timedelta(minutes=1)
    assert use() == first
    ApiKey.unscoped.update(last_used_at=timezone.now() - timedelta(minutes=2))
    assert use() > timezone.now() - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["trackimmo", "everything"]}, "scopes"),
        ({"scopes": ["trackimmo"], "expires_at": timezone.now() - timedelta(seconds=1)}, "expires_at"),
    ],
)
def test_a_key_for_nothing_or_for_the_past_is_not_issued(ours, in_scope, options, field):
    with pytest.raises(Invalid) as refusal:
        services.issue_api_key(name="A program", **options)
    assert list(refusal.value.fields) == [field]
    assert not ApiKey.unscoped.exists()


# Keys of the environment ----------------------------------------------------------------------------------------------


def test_the_environments_keys_belong_to_the_organization_it_names(ours, theirs, settings):
    answer = call("/program", X_API_Key="demo-api-key")
    assert answer.json() == {
        "kind": "key",
        "key_id": "environment:API_KEY",
        "organization_id": str(ours.organization.pk),
        "is_staff": False,
        "scopes": ["profiles", "trackimmo"],
    }
    settings.API_KEY_ORGANIZATION = "other"
    moved = call("/program", X_API_Key="demo-api-key")
    assert moved.json()["organization_id"] == str(theirs.organization.pk)


def test_an_environment_key_costs_no_sql_once_its_organization_is_known(ours, django_assert_num_queries):
    with django_assert_num_queries(1):
        call("/program", X_API_Key="demo-api-key")
    with django_assert_num_queries(0):
        assert call("/program", X_API_Key="demo-api-key").status_code == 200
        assert call("/operator", X_Admin_Key="demo-admin-key").status_code == 200


def test_each_environment_key_opens_its_own_door(ours):
    assert call("/operator", X_Admin_Key="demo-admin-key").json()["scopes"] == ["trackimmo:admin"]
    for path, header, secret in [
        ("/operator", "X_Admin_Key", "demo-api-key"),
        ("/operator", "X_API_Key", "demo-api-key"),
        ("/program", "X_API_Key", "demo-admin-key"),
        ("/program", "X_API_Key", "demo-checkout-key"),
        ("/either", "X_API_Key", "demo-checkout-key"),
    ]:
        assert call(path, **{header: secret}).status_code == 401, (path, header, secret)


def test_without_an_admin_key_the_api_key_opens_the_administration_in_either_header(ours, settings):
    settings.ADMIN_API_KEY = ""
    assert call("/operator", X_API_Key="demo-api-key").status_code == 200
    assert call("/operator", X_Admin_Key="demo-api-key").status_code == 200
    assert call("/operator", X_Admin_Key="").status_code == 401
    settings.ADMIN_API_KEY = "another-key"
    assert call("/operator", X_API_Key="demo-api-key").status_code == 401
    assert call("/operator", X_Admin_Key="demo-api-key").status_code == 401


def test_one_value_for_both_settings_is_one_key_that_opens_both(ours, settings):
    settings.ADMIN_API_KEY = settings.API_KEY = "cb67274b99d89ab5"
    assert call("/program", X_API_Key="cb67274b99d89ab5").status_code == 200
    assert call("/operator", X_Admin_Key="cb67274b99d89ab5").status_code == 200


def test_a_key_taken_out_of_the_environment_opens_nothing(ours, settings):
    assert call("/program", X_API_Key="demo-api-key").status_code == 200
    settings.API_KEY = "another-key"
    assert call("/program", X_API_Key="demo-api-key").json() == UNKNOWN
    assert call("/program", X_API_Key="another-key").status_code == 200


def test_an_environment_key_of_a_missing_organization_is_refused_and_works_once_there_is_one():
    answer = call("/program", X_API_Key="demo-api-key")
    assert (answer.status_code, answer.json()) == (
        401, {"detail": "The organization of this key does not exist: demo."}
    )  # fmt: skip
    Organization.objects.create(name="Demo", slug="demo")
    assert call("/program", X_API_Key="demo-api-key").status_code == 200


# Views that take more than one kind -----------------------------------------------------------------------------------


def test_a_view_may_take_a_key_or_a_token(ours):
    token = device_by_service(ours.client).access
    assert call("/either", X_API_Key="demo-api-key").json()["kind"] == "key"
    assert call("/either", Authorization=f"Bearer {token}").json()["kind"] == "user"
    answer = call("/either")
    assert (answer.status_code, answer.json()) == (401, {"detail": "Authentication credentials were not provided."})
    assert call("/either", X_API_Key="wrong", Authorization=f"Bearer {token}").status_code == 401


def test_a_key_is_no_token_and_a_token_is_no_key(ours):
    token = device_by_service(ours.client).access
    assert call("/whoami", X_API_Key="demo-api-key").status_code == 401
    assert call("/whoami", Authorization="Bearer demo-api-key").status_code == 401
    assert call("/program", X_API_Key=token).status_code == 401
    assert call("/program", Authorization=f"Bearer {token}").status_code == 401
