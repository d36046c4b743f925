"""The daily run: which day was worked on, and what each client's month has asked for already."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.tenancy import TenantModel
from trackimmo.models.clients import Client
from trackimmo.models.jobs import ProcessingJob


class DailyRun(TenantModel):
    """The work of one day for the organization's clients. It is open until every client who was due is seen to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    day = models.DateField(editable=False, help_text="The date in Paris.")
    clients_until = models.DateTimeField(
        editable=False, help_text="Clients created before are seen to: a day is not made up for later ones."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["organization", "day"], name="daily_run_once")]
        indexes: ClassVar = [
            models.Index(fields=["organization", "day"], condition=Q(finished_at=None), name="daily_run_open"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class DispatchKind(models.TextChoices):
    """What a client gets each month: the reminder the day before, and the report."""

    REMINDER = "reminder"
    REPORT = "report"


class Dispatch(TenantModel):
    """That a client was seen to in a month: once for each kind, whatever is run again.

    `month` is the first day of the report's month, also where the reminder goes out at the end of the month before.
    A row is written in the transaction that queues the reminder's mail or opens the report's job.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(DailyRun, on_delete=models.CASCADE, related_name="dispatches")
    # No index of its own: `dispatch_once_a_month` begins with the client.
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="dispatches", db_index=False)
    kind = models.CharField(max_length=8, choices=DispatchKind)
    month = models.DateField()
    due_on = models.DateField(help_text="The day of the report.")
    job = models.ForeignKey(ProcessingJob, on_delete=models.SET_NULL, null=True, related_name="dispatches")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantModel.Meta):
        abstract = False
        verbose_name_plural = "dispatches"
        ordering = ["-due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["client", "kind", "month"], name="dispatch_once_a_month"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="dispatch_month_is_a_first"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.client}, {self.due_on:%Y-%m-%d}"
