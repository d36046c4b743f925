"""API keys, logins and the organization in the Django admin."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.models import ApiKey, LoginSession, Organization, Scope
from core import tenancy
from tests.accounts.conftest import admin_client, audited, committing, device_for, live_sessions, page, text_of

pytestmark = pytest.mark.django_db


def test_a_key_is_issued_and_its_secret_shown_once(staff, ours):
    client = admin_client(staff)
    form = {"name": "Importer", "scopes": ["trackimmo", "trackimmo:admin"], "expires_at_0": "", "expires_at_1": ""}
    shown = text_of(client.post(page(ApiKey, "add"), form, follow=True))
    secret = re.search(r"sbk_[\w-]{43}", shown)[0]
    key = ApiKey.unscoped.get()
    assert (key.name, key.scopes, key.organization_id) == (
        "Importer", ["trackimmo", "trackimmo:admin"], ours.organization.pk
    )  # fmt: skip
    assert audited() == [("create", "api_key", str(key.pk))]
    for path in [page(ApiKey), page(ApiKey, "change", key.pk), page(ApiKey, "history", key.pk)]:
        again = client.get(path)
        assert again.status_code == 200
        assert secret not in text_of(again)
    answer = Client().get("/api/get-client-properties/x", headers={"X-API-Key": secret})
    assert answer.status_code != 401


@pytest.mark.parametrize(
    "change",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"name": ""},
        {"expires_at_0": "2020-01-01", "expires_at_1": "00:00:00"},
        {"expires_at_0": "soon", "expires_at_1": "00:00:00"},
    ],
)
def test_a_key_that_cannot_be_is_not_issued(staff, change):
    form = {"name": "Importer", "scopes": ["trackimmo"], "expires_at_0": "", "expires_at_1": ""} | change
    assert admin_client(staff).post(page(ApiKey, "add"), form).status_code == 200
    assert not ApiKey.unscoped.exists()


@pytest.fixture
def key(ours) -> ApiKey:
    with tenancy.scope(ours.organization.pk):
        return services.issue_api_key(name="Importer", scopes=[Scope.TRACKIMMO]).key


def test_a_key_is_renamed_and_never_opens_more(staff, key):
    tomorrow = timezone.now() + timedelta(days=1)
    form = {
        "name": "Exporter", "scopes": ["trackimmo:admin"], "prefix": "x",
        "expires_at_0": f"{tomorrow:%Y-%m-%d}", "expires_at_1": f"{tomorrow:%H:%M:%S}",
    }  # fmt: skip
    assert admin_client(staff).post(page(ApiKey, "change", key.pk), form).status_code == 302
    stored = ApiKey.unscoped.get()
    assert (stored.name, stored.scopes, stored.prefix) == ("Exporter", ["trackimmo"], key.prefix)
    assert stored.expires_at == tomorrow.replace(microsecond=0)


def test_keys_are_revoked_not_deleted(staff, key):
    client = admin_client(staff)
    assert client.post(page(ApiKey, "delete", key.pk), {"post": "yes"}).status_code == 403
    chosen = {"action": "revoke", "_selected_action": [key.pk]}
    assert client.post(page(ApiKey), chosen).status_code == 302
    assert ApiKey.unscoped.get().revoked_at is not None
    assert audited()[-1] == ("revoke", "api_key", str(key.pk))


def test_another_organizations_key_cannot_be_revoked(theirs, boss, key):
    ApiKey.unscoped.filter(pk=key.pk).update(organization=theirs.organization)
    admin_client(boss).post(page(ApiKey), {"action": "revoke", "_selected_action": [key.pk]})
    assert ApiKey.unscoped.get().revoked_at is None


# Login sessions -------------------------------------------------------------------------------------------------------


def test_a_login_is_ended_from_the_list(staff, ours):
    phone = device_for(ours.client)
    session = LoginSession.unscoped.get()
    client = admin_client(staff)
    assert client.get(page(LoginSession, "change", session.pk)).status_code == 200
    with committing():
        client.post(page(LoginSession), {"action": "end", "_selected_action": [session.pk]})
    assert not phone.is_in()
    assert live_sessions(ours.client) == 0


def test_a_viewer_cannot_end_a_login(viewer, ours):
    phone = device_for(ours.client)
    session = LoginSession.unscoped.get()
    admin_client(viewer).post(page(LoginSession), {"action": "end", "_selected_action": [session.pk]})
    assert phone.is_in()


# Organizations --------------------------------------------------------------------------------------------------------


def test_the_staff_see_and_rename_their_own_organization_only(staff, ours, theirs):
    client = admin_client(staff)
    listed = text_of(client.get(page(Organization)))
    assert "demo" in listed
    assert "Other" not in listed
    answer = client.post(page(Organization, "change", ours.organization.pk), {"name": "Demo Ltd", "slug": "stolen"})
    assert answer.status_code == 302
    client.post(page(Organization, "change", theirs.organization.pk), {"name": "Stolen"})
    assert dict(Organization.objects.values_list("slug", "name")) == {"demo": "Demo Ltd", "other": "Other"}
