"""What was tried, and what came of it."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from checkin.models.sessions import CheckinSession
from core.secrets import EncryptedTextField
from core.tenancy import TenantModel


class RunKind(models.TextChoices):
    """What is refreshed: every session because somebody asked, those that are due, or one."""

    ALL = "all", "All sessions"
    DUE = "due"
    SINGLE = "single"


class RefreshRun(TenantModel):
    """A refresh of several sessions, and how far it is. It is open until `finished_at`.

    `total` is how many sessions it has to see to; the counters add up to it when it has ended. While the upstream is to
    be left alone, nobody works on it until `paused_until`, and `error` says why.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=6, choices=RunKind)
    total = models.PositiveIntegerField(default=0)
    normal = models.PositiveIntegerField(default=0)
    expired = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0, help_text="Refreshed by somebody else meanwhile, or gone.")
    error = models.TextField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True)
    request_id = models.CharField(max_length=128, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ["-started_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind"],
                condition=Q(finished_at=None) & ~Q(kind="single"),
                name="refresh_run_one_open_of_a_kind",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-started_at"], name="refresh_run_newest"),
            models.Index(fields=["started_at"], condition=Q(finished_at=None), name="refresh_run_open"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def done(self) -> int:
        """How many sessions it has seen to."""
        return self.normal + self.expired + self.failed + self.skipped

    @property
    def percent(self) -> int:
        """How far it is; 100 only when it has ended."""
        if self.finished_at:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0


class Outcome(models.TextChoices):
    """How an attempt ended. `interrupted` ones were sent, and nobody knows what the upstream made of them."""

    RUNNING = "running"
    NORMAL = "normal"
    EXPIRED = "expired"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class RefreshAttempt(TenantModel):
    """One refresh of one session. It is written before the request is sent.

    `stray_token` holds a token that came when another attempt's had already taken its place: no token is thrown away.
    """

    # No indexes of their own: those below begin with them.
    session = models.ForeignKey(CheckinSession, on_delete=models.CASCADE, related_name="attempts", db_index=False)
    run = models.ForeignKey(RefreshRun, on_delete=models.CASCADE, related_name="attempts", db_index=False)
    lease_token = models.UUIDField(editable=False)
    outcome = models.CharField(max_length=11, choices=Outcome, default=Outcome.RUNNING)
    error = models.TextField(null=True, blank=True)
    stray_token = EncryptedTextField(blank=True, editable=False)
    has_rotated = models.BooleanField(default=False, help_text="Whether the upstream gave a new token.")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["session", "-id"], name="refresh_attempt_of_session"),
            models.Index(fields=["run", "id"], name="refresh_attempt_of_run"),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}: {self.outcome}"
