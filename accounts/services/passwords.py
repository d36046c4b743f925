"""Passwords."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import selectors
from accounts.errors import WeakPassword, WrongPassword
from accounts.models import User
from accounts.services import attempts
from accounts.services.sessions import Login, open_session
from audit import services as audit
from core.actor import Actor, current_origin


def require_strong_password(password: str, *, user: User, field: str = "password") -> None:
    """Raise WeakPassword, naming `field`, if the password breaks a rule of `AUTH_PASSWORD_VALIDATORS`."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(fields={field: list(error.messages)}) from error


def record_new_password(*, user: User) -> None:
    """Record that a user of the organization in scope has a new password. In the transaction that stores it."""
    audit.record(
        action="update", resource_type="user", resource_id=user.pk, changes={"password": ("(hidden)", "(hidden)")}
    )


@transaction.atomic
def set_password(*, user: User, password: str) -> None:
    """Give a user a new password, as an administrator does; every login of his ends. Raises WeakPassword."""
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _store(locked, password, field="password")


@transaction.atomic
def change_password(*, actor: Actor, old_password: str, new_password: str) -> Login:
    """Change one's own password: every login session ends, and a new one is opened for this device.

    Raises WrongPassword, WeakPassword, TooManyFailures (guesses count like failed logins), or Unavailable.
    """
    attempt = attempts.begin(account=actor.email, address=current_origin().ip_address)
    user = selectors.user_of(actor, locked=True)
    if not user.check_password(old_password):
        raise WrongPassword
    attempt.succeeded()
    _store(user, new_password, field="new_password")
    return open_session(user=user)


def _store(user: User, password: str, *, field: str) -> None:
    require_strong_password(password, user=user, field=field)
    user.set_password(password)
    user.save(update_fields=["password"])
    record_new_password(user=user)
