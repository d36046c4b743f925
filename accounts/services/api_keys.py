"""API keys of the organization in scope."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.api_keys import SHOWN_LENGTH, digest, new_secret
from accounts.models import ApiKey, Scope
from audit import services as audit
from core.errors import Invalid


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key, and its secret: the only time that anybody sees it."""

    key: ApiKey
    secret: str


@transaction.atomic
def issue_api_key(*, name: str, scopes: Collection[str], expires_at: datetime | None = None) -> IssuedKey:
    """Issue a key of 256 random bits. Raises Invalid for an unknown scope, none at all, or an expiry in the past."""
    if not scopes or not set(scopes) <= set(Scope.values):
        raise Invalid(fields={"scopes": [f"Name at least one of {', '.join(Scope.values)}, and nothing else."]})
    if expires_at is not None and expires_at <= timezone.now():
        raise Invalid(fields={"expires_at": ["This is in the past."]})
    secret = new_secret()
    key = ApiKey.objects.create(
        name=name,
        prefix=secret[:SHOWN_LENGTH],
        secret_sha256=digest(secret),
        scopes=sorted(scopes),
        expires_at=expires_at,
    )
    audit.record(
        action="create",
        resource_type="api_key",
        resource_id=key.pk,
        changes={"name": (None, name), "scopes": (None, key.scopes)},
    )
    return IssuedKey(key, secret)


@transaction.atomic
def revoke_api_key(*, api_key: ApiKey) -> ApiKey:
    """Revoke a key for good. Revoking it twice changes nothing."""
    locked = ApiKey.objects.select_for_update().get(pk=api_key.pk)
    if locked.revoked_at is None:
        locked.revoked_at = timezone.now()
        locked.save(update_fields=["revoked_at"])
        audit.record(action="revoke", resource_type="api_key", resource_id=locked.pk)
    return locked
