"""Users of the organization in scope."""

from django.db import IntegrityError, transaction

from accounts.errors import EmailTaken
from accounts.models import Role, User
from accounts.services.passwords import require_strong_password
from audit import services as audit


@transaction.atomic
def create_user(
    *,
    email: str,
    password: str,
    full_name: str = "",
    role: Role = Role.CLIENT,
    is_staff: bool = False,
    is_superuser: bool = False,
) -> User:
    """Create a user. Raises WeakPassword, or EmailTaken if any organization has a user of that address."""
    user = User(
        email=email,
        full_name=full_name,
        role=role,
        is_staff=is_staff,
        is_superuser=is_superuser,
    )
    require_strong_password(password, user=user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise EmailTaken from error
    audit.record(
        action="create",
        resource_type="user",
        resource_id=user.pk,
        changes={"email": (None, user.email), "role": (None, user.role)},
    )
    return user


def deactivate_user(*, user: User) -> User:
    """Lock a user out: he cannot log in, and whatever he is logged in with stops working within seconds."""
    return _set_active(user, active=False)


def activate_user(*, user: User) -> User:
    """Let a user log in again; what he was logged in with stays ended."""
    return _set_active(user, active=True)


@transaction.atomic
def _set_active(user: User, *, active: bool) -> User:
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if locked.is_active != active:
        locked.is_active = active
        locked.save(update_fields=["is_active"])
        audit.record(
            action="update",
            resource_type="user",
            resource_id=locked.pk,
            changes={"is_active": (not active, active)},
        )
    return locked
