"""manage.py createsuperuser and changepassword."""

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organization, Role, User
from core.outbox.models import OutboxEvent
from tests.accounts.conftest import device_for
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

STRONG = "correct horse battery"


@pytest.fixture
def typed(monkeypatch):
    """What is typed: answers to visible prompts, and passwords."""

    def type_in(*answers: str, passwords: tuple[str, ...] = (STRONG, STRONG)) -> None:
        lines, secrets = iter(answers), iter(passwords)
        monkeypatch.setattr("builtins.input", lambda _: next(lines))
        monkeypatch.setattr("getpass.getpass", lambda *_, **__: next(secrets))

    return type_in


def said_by(command: str, *args: str) -> str:
    out = io.StringIO()
    call_command(command, *args, stdout=out, stderr=out)
    return out.getvalue()


def test_the_first_superuser_comes_with_the_organization_of_the_environments_keys(typed):
    typed("", "Boss@Demo.test")
    assert said_by("createsuperuser") == "Created boss@demo.test, administrator of Demo.\n"
    user = User.unscoped.select_related("organization").get()
    assert (user.organization.slug, user.role) == ("demo", Role.ADMIN)
    assert user.is_staff
    assert user.is_superuser
    assert device_for(user, STRONG).is_in()
    events = OutboxEvent.unscoped.filter(topic="audit.entry", payload__action="create")
    assert events.get().organization_id == user.organization_id


def test_an_organization_may_be_named_and_is_made_once(typed):
    for name in ("one", "two"):
        typed("acme", f"{name}@acme.test")
        said_by("createsuperuser")
    assert Organization.objects.get().slug == "acme"
    assert User.unscoped.count() == 2


def test_without_questions_everything_comes_from_options_and_the_environment(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", STRONG)
    said_by("createsuperuser", "--noinput", "--email", "boss@acme.test", "--organization", "acme")
    assert User.unscoped.get().organization.slug == "acme"


@pytest.mark.parametrize(
    ("answers", "passwords", "complaint"),
    [
        (("", "client@demo.test"), (STRONG, STRONG), "Another user has this e-mail address."),
        (("", "CLIENT@demo.test"), (STRONG, STRONG), "Another user has this e-mail address."),
        (("", "boss"), (STRONG, STRONG), "valid email address"),
        (("", ""), (STRONG, STRONG), "valid email address"),
        (("no slug", "boss@demo.test"), (STRONG, STRONG), "valid “slug”"),
        (("new", "boss@demo.test"), (STRONG, "another"), "The passwords differ."),
        (("new", "boss@demo.test"), ("12345", "12345"), "too short"),
        (("new", "boss@demo.test"), ("", ""), "too short"),
    ],
)
def test_what_cannot_be_makes_neither_a_user_nor_an_organization(ours, typed, answers, passwords, complaint):
    typed(*answers, passwords=passwords)
    before = User.unscoped.count()
    with pytest.raises(CommandError, match=complaint):
        said_by("createsuperuser")
    assert User.unscoped.count() == before
    assert [one.slug for one in Organization.objects.all()] == ["demo"]


def test_a_password_is_changed_by_e_mail_address_in_any_case(ours, typed):
    phone = device_for(ours.client)
    typed()
    assert said_by("changepassword", "CLIENT@demo.test") == "Changed the password of client@demo.test.\n"
    assert User.unscoped.get(pk=ours.client.pk).check_password(STRONG)
    assert phone.renew().status_code == 401
    entry = OutboxEvent.unscoped.get(topic="audit.entry", payload__action="update")
    assert entry.payload["changes"] == {"password": ["[redacted]", "[redacted]"]}


@pytest.mark.parametrize(
    ("email", "passwords", "complaint"),
    [
        ("nobody@demo.test", (STRONG, STRONG), "There is no user"),
        ("", (STRONG, STRONG), "There is no user"),
        ("client@demo.test", (STRONG, "another"), "The passwords differ."),
        ("client@demo.test", ("12345", "12345"), "too short"),
    ],
)
def test_what_cannot_be_changes_no_password(ours, typed, email, passwords, complaint):
    typed(passwords=passwords)
    with pytest.raises(CommandError, match=complaint):
        said_by("changepassword", email)
    assert User.unscoped.get(pk=ours.client.pk).check_password(PASSWORD)
