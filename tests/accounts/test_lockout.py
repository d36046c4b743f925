"""Whoever is locked out, demoted or deleted is so at the next request, whichever way it was done."""

import threading

import pytest
from django.core.management import call_command
from django.db import connection

from accounts import identity, services
from accounts.credentials import of_access_token
from accounts.models import LoginSession, Role, User
from core import gate, outbox, tenancy
from core.outbox.models import OutboxEvent
from core.redis import client as redis_client
from tests.accounts.conftest import admin_client, committing, device_for, device_of, live_sessions, log_in

pytestmark = pytest.mark.django_db


def by_service(user):
    services.deactivate_user(user=user)


def by_save(user):
    user.is_active = False
    user.save()


def by_save_of_one_field(user):
    user.is_active = False
    user.save(update_fields=["is_active"])


def by_an_instance_loaded_long_ago(user):
    stale = User.objects.get(pk=user.pk)
    user.set_password("another password")
    user.save()
    stale.full_name = "Still with the old password"
    stale.save()


def by_update(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


def by_bulk_update(user):
    user.is_active = False
    User.objects.bulk_update([user], ["is_active"])


def by_password(user):
    user.set_password("another password")
    user.save()


def by_changepassword(user):
    call_command("changepassword", user.email.upper())


def by_delete(user):
    user.delete()


def by_bulk_delete(user):
    User.objects.filter(email__startswith="client").delete()


def by_update_across_organizations(user):
    User.unscoped.filter(email__startswith="client").update(is_active=False)


@pytest.fixture
def _typed_password(monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda *_: "another password")


@pytest.mark.usefixtures("_typed_password")
@pytest.mark.parametrize(
    "lock_out",
    [
        by_service, by_save, by_save_of_one_field, by_an_instance_loaded_long_ago, by_update, by_bulk_update,
        by_password,
        by_changepassword, by_delete, by_bulk_delete, by_update_across_organizations,
    ],
)  # fmt: skip
def test_the_next_request_is_refused(ours, in_scope, lock_out):
    phone, colleague = device_for(ours.client), device_for(ours.agent)
    assert phone.is_in()
    with committing():
        lock_out(User.objects.get(pk=ours.client.pk))
    answer = phone.get()
    assert (answer.status_code, answer.json()) == (401, {"detail": "This login has ended. Log in again."})
    assert phone.renew().status_code == 401
    assert live_sessions(ours.client) == 0
    assert colleague.is_in()


def test_a_new_password_in_the_admin_locks_out(ours, boss):
    phone = device_for(ours.client)
    form = {"password1": "another password", "password2": "another password"}
    with committing():
        answer = admin_client(boss).post(f"/admin/accounts/user/{ours.client.pk}/password/", form)
    assert answer.status_code == 302
    assert not phone.is_in()


def test_a_box_unticked_in_the_admin_locks_out(ours, boss):
    phone = device_for(ours.client)
    form = {"email": "client@demo.test", "full_name": "", "role": "client"}
    with committing():
        answer = admin_client(boss).post(f"/admin/accounts/user/{ours.client.pk}/change/", form)
    assert answer.status_code == 302
    assert not phone.is_in()


@pytest.mark.parametrize("change", [{"role": Role.AGENT}, {"email": "new@demo.test"}, {"is_staff": True}])
def test_a_change_of_rights_holds_at_the_next_request_and_nobody_is_logged_out(ours, change):
    phone = device_for(ours.client)
    credentials = of_access_token(phone.access)
    assert phone.is_in()
    with committing():
        User.unscoped.filter(pk=ours.client.pk).update(**change)
    actor = gate.admit(credentials, [], address="").actor
    assert {name: getattr(actor, name) for name in change} == change
    assert phone.is_in()


@pytest.mark.parametrize("change", [{"full_name": "Clara"}, {"is_active": True}, {"last_login": None}])
def test_what_no_identity_is_made_of_changes_nothing(ours, change, django_assert_num_queries):
    phone = device_for(ours.client)
    for name, value in change.items():
        setattr(ours.client, name, value)
    with committing():
        ours.client.save()
        User.unscoped.filter(pk=ours.client.pk).update(full_name="Clara")
    assert not OutboxEvent.unscoped.filter(topic=identity.IDENTITY_CHANGED).exists()
    with django_assert_num_queries(1):  # of the endpoint itself: the identity is still cached
        assert phone.is_in()


def test_an_ended_session_is_out_and_its_ending_is_recorded(ours, in_scope):
    phone, laptop = device_for(ours.client), device_for(ours.client)
    session = LoginSession.objects.order_by("created_at").first()
    with committing():
        services.end_session(session=session)
    assert not phone.is_in()
    assert laptop.is_in()
    with committing():
        services.end_session(session=session)
    assert OutboxEvent.unscoped.filter(topic="audit.entry", payload__action="revoke").count() == 1


def test_a_request_that_read_the_old_identity_cannot_bring_it_back(ours, in_scope):
    phone = device_for(ours.client)
    credentials = of_access_token(phone.access)
    redis_client().flushdb()
    read_before = credentials.load()
    assert read_before is not None
    with committing():
        services.deactivate_user(user=ours.client)
    gate.remember(credentials.identity_key, read_before)
    assert not phone.is_in()


def test_an_identity_forgotten_is_cached_again_after_a_moment(ours):
    key = "identity:session:x"
    gate.remember(key, {"a": 1})
    gate.forget(key)
    gate.remember(key, {"a": 2})
    assert redis_client().get(key) == b""
    assert 0 < redis_client().ttl(key) <= gate.FORGOTTEN_SECONDS
    redis_client().delete(key)
    gate.remember(key, {"a": 2})
    assert redis_client().get(key) == b'{"a": 2}'


@pytest.mark.django_db(transaction=True)
def test_a_redis_that_was_down_at_that_moment_is_corrected_by_the_outbox(ours, settings, monkeypatch):
    phone = device_for(ours.client)
    assert phone.is_in()

    def down(*_keys: str) -> None:
        raise gate.RedisError("down")

    with monkeypatch.context() as outage, tenancy.scope(ours.organization.pk):
        outage.setattr(gate, "forget", down)
        services.deactivate_user(user=ours.client)
        assert outbox.relay(identity.IDENTITY_CHANGED) == 0
    assert phone.get().status_code == 200  # only the cache still lets him in: the user is deactivated
    assert not User.unscoped.get(pk=ours.client.pk).is_active
    event = OutboxEvent.unscoped.get(topic=identity.IDENTITY_CHANGED)
    assert event.state == "open"
    assert event.last_error == "Redis is down: down"
    resume(identity.IDENTITY_CHANGED)
    assert outbox.relay(identity.IDENTITY_CHANGED) == 1
    assert not phone.is_in()


def resume(topic: str) -> None:
    """Let the pause of a topic whose destination was down be over."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM outbox_pause WHERE topic = %s", [topic])
        cursor.execute("UPDATE outbox_event SET available_at = now() WHERE topic = %s", [topic])


@pytest.mark.django_db(transaction=True)
def test_a_login_that_races_a_deactivation_does_not_survive_it(ours):
    for _ in range(5):
        User.unscoped.filter(pk=ours.client.pk).update(is_active=True)
        start = threading.Barrier(2)
        answers = []

        def come_in(start=start, answers=answers) -> None:
            start.wait()
            answers.append(log_in("client@demo.test"))
            connection.close()

        thread = threading.Thread(target=come_in)
        thread.start()
        start.wait()
        with tenancy.scope(ours.organization.pk):
            services.deactivate_user(user=ours.client)
        thread.join()
        assert answers[0].status_code in {200, 401}
        assert not any(device_of(answer).is_in() for answer in answers if answer.status_code == 200)
        assert live_sessions(ours.client) == 0
