"""Accounts in the Django admin, with the rights of superusers, admins, other staff, and strangers."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import ApiKey, LoginSession, Organization, Role, User
from core.outbox.models import OutboxEvent
from tests.accounts.conftest import admin_client, audited, committing, device_for, page, text_of
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"
MODELS = [model._meta for model in admin.site._registry]
# Nobody knows yet whose they are: only superusers see them.
OF_NO_ORGANIZATION = {"messaging.UnroutedWebhook"}


# Pages ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["changelist", "add"])
@pytest.mark.parametrize("model", MODELS, ids=lambda meta: meta.label)
def test_every_page_of_every_model_answers(boss, staff, model, name):
    for user in (boss, staff):
        client = admin_client(user)
        path = reverse(f"admin:{model.app_label}_{model.model_name}_{name}")
        answer = client.get(path)
        if name == "add":
            allowed = admin.site._registry[model.model].has_add_permission(answer.wsgi_request)
        else:
            allowed = user.is_superuser or model.label not in OF_NO_ORGANIZATION
        assert answer.status_code == (200 if allowed else 403), path


def test_searching_finds_one_own_and_nothing_of_the_neighbours(boss, theirs):
    client = admin_client(boss)
    for path in [page(User), page(LoginSession), page(ApiKey), page(Organization)]:
        assert client.get(path, {"q": "client"} if path != page(Organization) else {}).status_code == 200
    listed = text_of(client.get(page(User), {"q": "client@"}))
    assert "client@demo.test" in listed
    assert "client@other.test" not in listed


def test_the_index_and_the_history_answer(boss, ours):
    client = admin_client(boss)
    assert client.get("/admin/").status_code == 200
    assert client.get(page(User, "history", ours.client.pk)).status_code == 200


def test_groups_are_gone_because_roles_say_what_one_may_do(boss):
    assert admin_client(boss).get("/admin/auth/group/").status_code == 404


# Logging in -----------------------------------------------------------------------------------------------------------


def test_staff_log_in_by_e_mail_in_any_case_and_it_is_recorded(staff):
    answer = Client().post(LOGIN, {"username": "ADMIN@demo.test", "password": PASSWORD, "next": "/admin/"})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert audited() == [("login", "user", str(staff.pk))]
    assert OutboxEvent.unscoped.get(topic="audit.entry").payload["user_id"] == str(staff.pk)


@pytest.mark.parametrize(
    ("email", "password"),
    [("nobody@demo.test", PASSWORD), ("admin@demo.test", "wrong"), ("client@demo.test", PASSWORD), ("", "")],
)
def test_nobody_else_does(staff, email, password):
    client = Client()
    assert client.post(LOGIN, {"username": email, "password": password}).status_code == 200
    assert client.get("/admin/").status_code == 302
    assert audited() == []


def test_failures_are_counted_together_with_those_of_the_api(staff):
    for _ in range(10):
        Client().post(LOGIN, {"username": "admin@demo.test", "password": "wrong"})
    client = Client()
    answer = client.post(LOGIN, {"username": "admin@demo.test", "password": PASSWORD})
    assert "Too many failed attempts." in text_of(answer)
    assert client.get("/admin/").status_code == 302


def test_without_redis_nobody_logs_in(staff, no_redis):
    client = Client()
    answer = client.post(LOGIN, {"username": "admin@demo.test", "password": PASSWORD})
    assert "temporarily unavailable" in text_of(answer)
    assert client.get("/admin/").status_code == 302


def test_a_deactivated_or_demoted_member_of_staff_is_out_at_once(staff):
    for change in ({"is_staff": False}, {"is_staff": True, "is_active": False}):
        User.unscoped.filter(pk=staff.pk).update(is_staff=True, is_active=True)
        client = admin_client(staff)
        assert client.get("/admin/").status_code == 200
        User.unscoped.filter(pk=staff.pk).update(**change)
        assert client.get("/admin/").status_code == 302


# Users ----------------------------------------------------------------------------------------------------------------

NEW_USER = {
    "email": "New.Person@Demo.test",
    "full_name": "New Person",
    "role": "agent",
    "password1": "correct horse battery",
    "password2": "correct horse battery",
}


def test_a_user_is_added_to_the_staffs_organization_with_a_password(staff):
    answer = admin_client(staff).post(page(User, "add"), NEW_USER)
    assert answer.status_code == 302
    user = User.unscoped.get(email="new.person@demo.test")
    assert (user.organization_id, user.role, user.is_superuser) == (staff.organization_id, Role.AGENT, False)
    assert device_for(user, "correct horse battery").is_in()
    entry = OutboxEvent.unscoped.filter(topic="audit.entry").earliest("created_at")
    assert (entry.payload["action"], entry.payload["resource_id"]) == ("create", str(user.pk))
    assert entry.payload["user_id"] == str(staff.pk)
    assert entry.payload["changes"]["full_name"] == [None, "New Person"]
    assert "correct horse battery" not in str(entry.payload)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"email": "client@demo.test"}, "e-mail address"),
        ({"email": "CLIENT@other.test"}, "Another user has this e-mail address."),
        ({"password2": "something else"}, "didn’t match"),
        ({"password1": "12345", "password2": "12345"}, "too short"),
        ({"role": "king"}, "Select a valid choice"),
        ({"email": "nobody"}, "valid email address"),
    ],
)
def test_a_user_who_cannot_be_is_not_added(staff, theirs, change, complaint):
    before = User.unscoped.count()
    answer = admin_client(staff).post(page(User, "add"), NEW_USER | change)
    assert answer.status_code == 200
    assert complaint in text_of(answer)
    assert User.unscoped.count() == before


def test_a_user_is_edited_and_old_and_new_are_recorded(staff, ours):
    form = {"email": "Clara@demo.test", "full_name": "Clara", "role": "agent", "is_active": "on"}
    assert admin_client(staff).post(page(User, "change", ours.client.pk), form).status_code == 302
    ours.client.refresh_from_db()
    assert (ours.client.email, ours.client.full_name, ours.client.role) == ("clara@demo.test", "Clara", "agent")
    entry = OutboxEvent.unscoped.get(topic="audit.entry")
    assert entry.payload["action"] == "update"
    assert entry.payload["changes"] == {
        "email": ["client@demo.test", "clara@demo.test"],
        "full_name": ["", "Clara"],
        "role": ["client", "agent"],
    }


def test_a_new_password_is_recorded_without_it(staff, ours):
    form = {"password1": "correct horse battery", "password2": "correct horse battery"}
    answer = admin_client(staff).post(f"/admin/accounts/user/{ours.client.pk}/password/", form)
    assert answer.status_code == 302
    assert User.unscoped.get(pk=ours.client.pk).check_password("correct horse battery")
    entry = OutboxEvent.unscoped.get(topic="audit.entry")
    assert entry.payload["changes"] == {"password": ["[redacted]", "[redacted]"]}


def test_staff_change_their_own_password_and_stay_in(viewer):
    client, phone = admin_client(viewer), device_for(viewer)
    assert client.get("/admin/password_change/").status_code == 200
    form = {"old_password": PASSWORD, "new_password1": "correct horse 1", "new_password2": "correct horse 1"}
    with committing():
        answer = client.post("/admin/password_change/", form)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/password_change/done/")
    assert client.get("/admin/password_change/done/").status_code == 200
    assert User.unscoped.get(pk=viewer.pk).check_password("correct horse 1")
    assert not phone.is_in()
    assert ("update", "user", str(viewer.pk)) in audited()


def test_guesses_of_ones_own_old_password_are_limited(viewer):
    client = admin_client(viewer)
    form = {"new_password1": "correct horse 1", "new_password2": "correct horse 1"}
    for _ in range(10):
        assert client.post("/admin/password_change/", {"old_password": "wrong", **form}).status_code == 200
    answer = client.post("/admin/password_change/", {"old_password": PASSWORD, **form})
    assert "Too many failed attempts." in text_of(answer)
    assert User.unscoped.get(pk=viewer.pk).check_password(PASSWORD)
    assert audited() == []


def test_users_are_deleted_one_by_one_and_together_but_never_oneself(staff, ours):
    client = admin_client(staff)
    assert client.post(page(User, "delete", ours.client.pk), {"post": "yes"}).status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": [ours.agent.pk], "post": "yes"}
    assert client.post(page(User), chosen).status_code == 302
    assert client.post(page(User, "delete", staff.pk), {"post": "yes"}).status_code == 403
    assert [user.pk for user in User.unscoped.filter(organization=ours.organization)] == [staff.pk]
    assert [one[0] for one in audited()] == ["delete", "delete"]


def test_an_admin_cannot_touch_a_superuser_or_become_one(staff, boss):
    client = admin_client(staff)
    password = {"password1": "correct horse battery", "password2": "correct horse battery"}
    rights = {"email": staff.email, "role": "admin", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    assert client.post(f"/admin/accounts/user/{boss.pk}/password/", password).status_code == 403
    assert client.post(page(User, "change", boss.pk), rights | {"email": boss.email}).status_code == 403
    assert client.post(page(User, "delete", boss.pk), {"post": "yes"}).status_code == 403
    client.post(page(User), {"action": "delete_selected", "_selected_action": [boss.pk], "post": "yes"})
    assert client.post(page(User, "change", staff.pk), rights).status_code == 302
    client.post(page(User, "add"), NEW_USER | {"is_superuser": "on"})
    boss.refresh_from_db()
    assert boss.check_password(PASSWORD)
    assert [user.pk for user in User.unscoped.filter(is_superuser=True)] == [boss.pk]


def test_a_superuser_makes_another(boss, staff):
    form = {"email": staff.email, "role": "admin", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    assert admin_client(boss).post(page(User, "change", staff.pk), form).status_code == 302
    staff.refresh_from_db()
    assert staff.is_superuser


def test_staff_who_are_no_admins_may_look_and_not_touch(viewer, ours):
    client = admin_client(viewer)
    for model in (User, ApiKey, LoginSession, Organization):
        assert client.get(page(model)).status_code == 200
    assert client.get(page(User, "change", ours.client.pk)).status_code == 200
    form = {"email": "x@demo.test", "role": "admin", "is_active": "on"}
    assert client.post(page(User, "change", ours.client.pk), form).status_code == 403
    assert client.get(page(User, "add")).status_code == 403
    assert client.post(page(ApiKey, "add"), {"name": "x", "scopes": ["trackimmo"]}).status_code == 403
    assert client.post(page(User, "delete", ours.client.pk), {"post": "yes"}).status_code == 403
    ours.client.refresh_from_db()
    assert ours.client.email == "client@demo.test"
    assert not ApiKey.unscoped.exists()


@pytest.mark.parametrize("path", ["change", "delete", "history"])
def test_another_organizations_user_does_not_exist(boss, theirs, path):
    answer = admin_client(boss).get(page(User, path, theirs.client.pk), follow=True)
    assert "doesn’t exist" in text_of(answer)
    assert "client@other.test" not in text_of(answer)
    password = {"password1": "correct horse battery", "password2": "correct horse battery"}
    answer = admin_client(boss).post(f"/admin/accounts/user/{theirs.client.pk}/password/", password)
    assert answer.status_code == 404
    assert User.unscoped.get(pk=theirs.client.pk).check_password(PASSWORD)
