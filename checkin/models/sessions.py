"""Users' sessions with the upstream."""

import uuid
from typing import ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from core.secrets import EncryptedTextField
from core.tenancy import TenantModel

MOST_KNOWN_TOKENS: Final = 20
# In the words of the statements that claim sessions, so that the indexes serve them.
REFRESHED: Final = Q(is_listed=True) & (Q(status=None) | Q(status__in=["normal", "failed"]))


class SessionStatus(models.TextChoices):
    """What the last refresh found. An expired session waits until its user logs in anew."""

    NORMAL = "normal"
    EXPIRED = "expired"
    FAILED = "failed"


class Report(models.TextChoices):
    """What was last reported of a session, by us or before us."""

    NORMAL = "Normal"
    FAIL = "Fail"


class CheckinSession(TenantModel):
    """A user's session. One process at a time refreshes it: the one that holds `lease_token`, until `lease_expires_at`.

    `token_number` is raised with every change of `token`: whoever comes back with a rotated token says which one it was
    made from, so that neither a late answer nor a second process overwrites what is newer. `listed_token` is what the
    upstream has in its list, as far as we know; while it differs from `token` the upstream is still to be told.

    Who the new token belongs to is known when the page has been read. Until then `confirmed_number` stays behind
    `token_number`, and `confirmed_token` keeps the last one that was surely the user's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField()
    token = EncryptedTextField(blank=True, editable=False)
    token_number = models.PositiveIntegerField(default=0, editable=False)
    confirmed_number = models.PositiveIntegerField(default=0, editable=False)
    confirmed_token = EncryptedTextField(blank=True, editable=False, help_text="Empty while it is the token itself.")
    listed_token = EncryptedTextField(blank=True, editable=False)
    # Keyed hashes of listed_token and of the tokens we have held, the newest last and it is the current one: they tell
    # a list of the upstream's that is behind from a user who has logged in anew.
    listed_fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    known_tokens = ArrayField(models.CharField(max_length=64), default=list, editable=False)
    is_listed = models.BooleanField(default=True, editable=False)
    status = models.CharField(max_length=7, choices=SessionStatus, null=True, editable=False)
    error = models.TextField(null=True, blank=True, editable=False)
    checkin_report = models.CharField(max_length=6, choices=Report, null=True, editable=False)
    checkin_report_time = models.DateTimeField(null=True, editable=False)
    last_refreshed_at = models.DateTimeField(null=True, editable=False, help_text="When it was last found normal.")
    attempted_at = models.DateTimeField(null=True, editable=False, help_text="When the last attempt ended.")
    expired_at = models.DateTimeField(null=True, editable=False)
    failure_count = models.PositiveIntegerField(default=0, editable=False)
    # Attempts in a row whose process died, so that nobody knows what came of them.
    interruption_count = models.PositiveIntegerField(default=0, editable=False)
    next_refresh_at = models.DateTimeField(default=timezone.now)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_expires_at = models.DateTimeField(null=True, editable=False)
    # While an event is on its way that will tell the upstream of the token, or report: one is enough.
    telling_since = models.DateTimeField(null=True, editable=False)
    reporting_since = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "email"], name="checkin_session_once_per_user"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="checkin_session_email_lowercase"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "next_refresh_at"], condition=REFRESHED, name="checkin_session_due"),
            models.Index(
                "organization",
                F("attempted_at").asc(nulls_first=True),
                condition=REFRESHED,
                name="checkin_session_waiting",
            ),
            models.Index(fields=["lease_expires_at"], condition=Q(lease_token__isnull=False), name="checkin_leased"),
        ]

    def __str__(self) -> str:
        return str(self.email)
