"""What clients were given."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from core.tenancy import TenantModel
from trackimmo.models.clients import Client
from trackimmo.models.jobs import ProcessingJob
from trackimmo.models.properties import Property


class AssignmentStatus(models.TextChoices):
    """How far the client got with a property."""

    NEW = "new"
    CONTACTED = "contacted"
    MEETING = "meeting"
    NEGOTIATION = "negotiation"
    SOLD = "sold"
    MANDATE = "mandate"


class Assignment(TenantModel):
    """A property given to a client: once, and no other sale of the same address after it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Neither organization nor client has an index of its own: `assignment_newest_of_all` and `assignment_newest` begin
    # with them, and each row is written to every index there is.
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    property = models.ForeignKey(Property, on_delete=models.PROTECT, related_name="assignments")
    address_key = models.UUIDField(editable=False)
    job = models.ForeignKey(ProcessingJob, on_delete=models.SET_NULL, null=True, related_name="assignments")
    status = models.CharField(max_length=12, choices=AssignmentStatus, default=AssignmentStatus.NEW)
    notes = models.TextField(null=True, blank=True)
    send_date = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ["-send_date", "id"]
        constraints = [
            models.UniqueConstraint(fields=["client", "property"], name="assignment_once"),
            models.UniqueConstraint(fields=["client", "address_key"], name="assignment_one_per_address"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["client", "-send_date", "id"], name="assignment_newest"),
            models.Index(fields=["organization", "-send_date"], name="assignment_newest_of_all"),
        ]

    def __str__(self) -> str:
        return f"{self.property.address_raw} for {self.client}"
