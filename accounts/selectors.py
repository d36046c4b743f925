"""Reads of accounts. Those that find out who is calling cross organizations: none is known before."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from accounts.errors import SessionEnded
from accounts.models import ApiKey, LoginSession, Organization, User
from core.actor import Actor
from core.gate import Identity


def user_by_email(email: str) -> User | None:
    """The user with this e-mail address, whatever its case, in any organization, which comes along."""
    user: User | None = User.unscoped.select_related("organization").filter(email=email).first()
    return user


def organization_by_slug(slug: str) -> Organization | None:
    """The organization with this slug; for commands, which are told for whom they work."""
    return Organization.objects.filter(slug=slug).first()


def organizations() -> QuerySet[Organization]:
    """Every organization; for the system's own work, which is done for each of them."""
    return Organization.objects.all()


def user_of(actor: Actor, *, locked: bool = False) -> User:
    """The person who is calling, with the organization. Raises SessionEnded if he was deleted a moment ago."""
    users = User.objects.select_related("organization").filter(pk=actor.pk)
    user = (users.select_for_update(no_key=True, of=("self",)) if locked else users).first()
    if user is None:
        raise SessionEnded
    return user


def has_role(user_id: UUID, role: str) -> bool:
    """Whether the organization in scope has a user of this id with this role who may log in."""
    return bool(User.objects.filter(pk=user_id, role=role, is_active=True).exists())


def emails_of(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The e-mail addresses of those of these people whom the organization in scope has."""
    return dict(User.objects.filter(pk__in=user_ids).order_by().values_list("pk", "email"))


def user_id_of(email: str) -> UUID | None:
    """The id of the person with this e-mail address, whatever its case, if the organization in scope has him."""
    found: UUID | None = User.objects.filter(email=email).values_list("pk", flat=True).first()
    return found


def caller_of(user_id: UUID) -> Actor | None:
    """The caller that the user with this id is, if the organization in scope has him, and he may log in."""
    user: User | None = User.objects.filter(pk=user_id, is_active=True).first()
    return user.as_actor() if user else None


def live_session(session_id: UUID) -> LoginSession | None:
    """The login session with its user, if it was not revoked, has not expired, and the user may log in."""
    return (
        LoginSession.unscoped.select_related("user")
        .filter(pk=session_id, revoked_at=None, expires_at__gt=Now(), user__is_active=True)
        .first()
    )


def identity_of_user(user: User) -> Identity:
    """What a request needs to know of a person."""
    return {
        "user_id": str(user.pk),
        "organization_id": str(user.organization_id),
        "role": user.role,
        "email": user.email,
        "is_staff": user.is_staff,
        "fingerprint": user.fingerprint,
    }


def identity_of_session(session_id: UUID) -> Identity | None:
    """The identity of whoever logged in with this session, if it is live."""
    session = live_session(session_id)
    return identity_of_user(session.user) if session else None


def identity_of_api_key(secret_sha256: str) -> Identity | None:
    """The identity of the key with this digest, if it was not revoked. Notes that the key is in use.

    The note is one statement here rather than one in every request: `last_used_at` is exact to the half hour for which
    an identity is cached, and is written at most once a minute while there is no cache.
    """
    key = ApiKey.unscoped.filter(secret_sha256=secret_sha256, revoked_at=None).first()
    if key is None:
        return None
    unnoted = Q(last_used_at=None) | Q(last_used_at__lt=Now() - timedelta(minutes=1))
    ApiKey.unscoped.filter(unnoted, pk=key.pk).update(last_used_at=Now())
    return {
        "key_id": str(key.pk),
        "organization_id": str(key.organization_id),
        "scopes": key.scopes,
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
    }


def identity_of_environment(slug: str) -> Identity | None:
    """The identity of the environment's keys: the organization with this slug, if it exists."""
    organization_id: Any = Organization.objects.filter(slug=slug).values_list("pk", flat=True).first()
    return {"organization_id": str(organization_id)} if organization_id else None
