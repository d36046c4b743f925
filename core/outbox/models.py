"""The outbox's two tables. Rows are written, claimed and marked by the statements in `core.outbox.store`."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.tenancy import TenantModel

OPEN = Q(delivered_at__isnull=True, parked_at__isnull=True)


class OutboxEvent(TenantModel):
    """An event, from the transaction that published it until a week after its delivery.

    Open until it is delivered or parked. A relay holds it by `lease_token` until `lease_expires_at`; whoever marks it
    must still hold it. `attempts` is raised before the consumer runs. All times are of the database's clock.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic = models.CharField(max_length=80)
    payload = models.JSONField()
    request_id = models.CharField(max_length=128, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    available_at = models.DateTimeField(db_default=Now(), help_text="Not handed over before.")
    attempts = models.PositiveSmallIntegerField(db_default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    parked_at = models.DateTimeField(null=True, blank=True, help_text="Given up; waits for a person.")
    last_error = models.TextField(blank=True, db_default="")

    class Meta(TenantModel.Meta):
        abstract = False
        db_table = "outbox_event"
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(parked_at__isnull=True), name="outbox_delivered_or_parked"
            ),
            models.CheckConstraint(
                condition=Q(lease_token__isnull=True, lease_expires_at__isnull=True)
                | OPEN & Q(lease_token__isnull=False, lease_expires_at__isnull=False),
                name="outbox_leased_only_while_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["topic", "available_at"], condition=OPEN, name="outbox_open"),
            models.Index(fields=["topic", "parked_at"], condition=Q(parked_at__isnull=False), name="outbox_parked"),
            models.Index(fields=["delivered_at"], condition=Q(delivered_at__isnull=False), name="outbox_delivered"),
            models.Index(fields=["organization", "-created_at", "id"], name="outbox_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.id}"

    @property
    def state(self) -> str:
        """`delivered`, `parked` or `open`."""
        if self.delivered_at:
            return "delivered"
        return "parked" if self.parked_at else "open"


class OutboxPause(models.Model):
    """A topic whose destination is down: no relay touches it before `until`, and the first delivery removes it."""

    topic = models.CharField(primary_key=True, max_length=80)
    failures = models.PositiveIntegerField(help_text="How often in a row the destination was found down.")
    until = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "outbox_pause"
        ordering = ["topic"]

    def __str__(self) -> str:
        return f"{self.topic} until {self.until:%H:%M:%S}"
