"""API keys of programs."""

import uuid
from collections.abc import Sequence, Set
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from accounts.identity import api_key_identity_key, forget_after_commit
from accounts.models.identity_source import IdentitySource


class Scope(models.TextChoices):
    """What an API key opens."""

    TRACKIMMO = "trackimmo", "TrackImmo"
    TRACKIMMO_ADMIN = "trackimmo:admin", "TrackImmo administration"
    CHECKIN = "checkin", "Check-in"
    PROFILES = "profiles", "Profiles"


class ApiKey(IdentitySource):
    """A program's key. The secret is shown once; its SHA-256 and a readable prefix are kept."""

    identity_fields = frozenset({"organization_id", "secret_sha256", "scopes", "expires_at", "revoked_at"})

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, editable=False)
    secret_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=40, choices=Scope))
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Exact to the half hour for which an identity is cached."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(IdentitySource.Meta):
        abstract = False
        verbose_name = "API key"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @classmethod
    def forget_identities(cls, rows: Sequence[Self], fields: Set[str]) -> None:  # noqa: ARG003
        forget_after_commit((key.tenant_id, api_key_identity_key(key.secret_sha256)) for key in rows)
