"""Processing jobs."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.tenancy import TenantModel
from trackimmo.models.clients import Client


class JobKind(models.TextChoices):
    """What a job does."""

    PROCESS = "process"
    ADD_ADDRESSES = "add_addresses"


class JobStatus(models.TextChoices):
    """`pending` waits for a worker or for its next attempt; `completed` and `failed` are final."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


ACTIVE_JOB = Q(status__in=[JobStatus.PENDING, JobStatus.PROCESSING])


class ProcessingJob(TenantModel):
    """Accepted work for one client. The row is the record; a broker message only says that there is something to do.

    A worker holds it by `lease_token` until `lease_expires_at`, both on the database's clock. `attempt_count` is raised
    when an attempt starts, so that a job that kills its worker ends too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # No index of its own: `job_newest_of_client` begins with the client.
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="jobs", db_index=False)
    kind = models.CharField(max_length=15, choices=JobKind, default=JobKind.PROCESS)
    requested_count = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=JobStatus, default=JobStatus.PENDING)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    available_at = models.DateTimeField(default=timezone.now)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_expires_at = models.DateTimeField(null=True, editable=False)
    progress = models.JSONField(default=dict, blank=True)
    properties_assigned = models.PositiveIntegerField(default=0)
    error_message = models.TextField(null=True, blank=True)
    request_id = models.CharField(max_length=128, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["client"], condition=ACTIVE_JOB, name="job_one_active_per_client"),
            models.CheckConstraint(
                condition=Q(status=JobStatus.PROCESSING, lease_token__isnull=False)
                | ~Q(status=JobStatus.PROCESSING) & Q(lease_token__isnull=True),
                name="job_leased_exactly_while_processing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["available_at"], condition=Q(status="pending"), name="job_due"),
            models.Index(fields=["lease_expires_at"], condition=Q(status="processing"), name="job_lease"),
            models.Index(fields=["organization", "-created_at"], name="job_newest"),
            models.Index(fields=["client", "-created_at"], name="job_newest_of_client"),
            # Cleaning up asks who ended first, a batch at a time.
            models.Index(
                fields=["organization", "finished_at"], condition=Q(finished_at__isnull=False), name="job_ended"
            ),
        ]

    def __str__(self) -> str:
        what = "Processing of" if self.kind == JobKind.PROCESS else "More addresses for"
        return f"{what} {self.client}, {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def next_attempt_at(self) -> datetime | None:
        """When a job whose attempt failed is tried again; None unless it waits for that."""
        return self.available_at if self.status == JobStatus.PENDING and self.attempt_count else None
