"""Login sessions."""

import uuid
from collections.abc import Sequence, Set
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.identity import forget_after_commit, session_identity_key
from accounts.models.identity_source import IdentitySource


class LoginSession(IdentitySource):
    """One login on one device: the family of refresh tokens that rotates from it.

    Exactly one refresh token of a family is good at a time, the one whose `jti` is `current_jti`.
    """

    identity_fields = frozenset({"revoked_at"})

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    current_jti = models.UUIDField()
    previous_jti = models.UUIDField(null=True)
    rotated_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True)
    ip_address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(IdentitySource.Meta):
        abstract = False
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.user_id} since {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def identity_key(self) -> str:
        """Where its identity is cached."""
        return session_identity_key(self.pk)

    @classmethod
    def forget_identities(cls, rows: Sequence[Self], fields: Set[str]) -> None:  # noqa: ARG003
        forget_after_commit((session.tenant_id, session.identity_key) for session in rows)
