"""Passwords."""

from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.errors import SessionEnded, WeakPassword, WrongPassword
from accounts.models import User
from accounts.services import attempts
from accounts.services.sessions import Login, open_session
from audit import services as audit
from core.actor import current_origin


def require_strong_password(password: str, *, user: User, field: str = "password") -> None:
    """Raise WeakPassword, naming `field`, if the password breaks a rule of `AUTH_PASSWORD_VALIDATORS`."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(fields={field: list(error.messages)}) from error


@transaction.atomic
def change_password(*, user_id: UUID, old_password: str, new_password: str) -> Login:
    """Change a user's own password: every login session of his ends, and a new one is opened for this device.

    Raises WrongPassword, WeakPassword, TooManyFailures (guesses count like failed logins), or Unavailable.
    """
    user = User.objects.select_for_update(no_key=True, of=("self",)).select_related("organization").filter(pk=user_id)
    locked = user.first()
    if locked is None:
        raise SessionEnded
    attempt = attempts.begin(account=locked.email, address=current_origin().ip_address)
    if not locked.check_password(old_password):
        raise WrongPassword
    attempt.succeeded()
    require_strong_password(new_password, user=locked, field="new_password")
    locked.set_password(new_password)
    locked.save(update_fields=["password"])
    audit.record(
        action="update",
        resource_type="user",
        resource_id=locked.pk,
        changes={"password": ("(hidden)", "(hidden)")},
    )
    return open_session(user=locked)
