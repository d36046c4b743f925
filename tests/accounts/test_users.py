"""Users: the services that make and unmake them, and what the database insists on."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts import services
from accounts.errors import EmailTaken, WeakPassword
from accounts.models import Organization, Role, User
from core.outbox.models import OutboxEvent
from tests.accounts.conftest import audited, committing, device_for, log_in
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def test_a_user_is_made_in_the_organization_in_scope(in_scope):
    user = services.create_user(email="Neo@Demo.test", password=PASSWORD, full_name="Neo", role=Role.AGENT)
    assert (user.email, user.organization_id, user.is_staff) == ("neo@demo.test", in_scope.pk, False)
    assert device_for(user).is_in()
    entry = OutboxEvent.unscoped.earliest("created_at")
    assert entry.payload["changes"] == {"email": [None, "neo@demo.test"], "role": [None, "agent"]}
    assert PASSWORD not in str(entry.payload)


@pytest.mark.parametrize("email", ["client@demo.test", "CLIENT@DEMO.TEST", "client@other.test"])
def test_an_address_belongs_to_one_user_of_all_organizations(in_scope, theirs, email):
    before = User.unscoped.count()
    with pytest.raises(EmailTaken):
        services.create_user(email=email, password=PASSWORD)
    assert User.unscoped.count() == before
    assert audited() == []


@pytest.mark.parametrize("password", ["", "short", "password1", "neo@demo.test"])
def test_a_weak_password_makes_no_user(in_scope, password):
    with pytest.raises(WeakPassword) as refusal:
        services.create_user(email="neo@demo.test", password=password)
    assert list(refusal.value.fields) == ["password"]
    assert not User.unscoped.filter(email="neo@demo.test").exists()


@pytest.mark.parametrize("email", ["client@demo.test", "Upper@demo.test"])
def test_the_database_itself_keeps_addresses_lowercase_and_unique(ours, email):
    statement = "UPDATE accounts_user SET email = %s WHERE id = %s"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [email, ours.agent.pk])
    assert User.unscoped.get(pk=ours.agent.pk).email == "agent@demo.test"


def test_a_lookup_finds_an_address_in_any_case(ours, in_scope):
    assert User.unscoped.get(email="CLIENT@Demo.Test").pk == ours.client.pk
    assert User.unscoped.get_by_natural_key("CLIENT@Demo.Test").pk == ours.client.pk
    with pytest.raises(ValidationError, match="Another user has this e-mail address"):
        User(organization=ours.organization, email="CLIENT@Demo.Test", password="x").validate_unique()


def test_deactivating_and_activating_is_recorded_once_each(ours, in_scope):
    for _ in range(2):
        with committing():
            services.deactivate_user(user=ours.client)
        assert log_in("client@demo.test").status_code == 401
    for _ in range(2):
        with committing():
            services.activate_user(user=ours.client)
        assert log_in("client@demo.test").status_code == 200
    changes = [event.payload["changes"] for event in OutboxEvent.unscoped.filter(payload__action="update")]
    assert sorted(changes, key=str) == [{"is_active": [False, True]}, {"is_active": [True, False]}]


def test_another_organizations_user_is_out_of_reach(theirs, in_scope):
    with pytest.raises(User.DoesNotExist):
        services.deactivate_user(user=theirs.client)
    assert User.unscoped.get(pk=theirs.client.pk).is_active


def test_an_organization_is_made_once(db):
    first = services.ensure_organization(slug="acme", name="Acme Ltd")
    assert services.ensure_organization(slug="acme", name="Another") == first
    assert services.ensure_organization(slug="beta").name == "Beta"
    assert [one.name for one in Organization.objects.all()] == ["Acme Ltd", "Beta"]
