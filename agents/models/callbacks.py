"""Callbacks: when an AI agent calls a customer back."""

import uuid
from datetime import timedelta
from typing import ClassVar, Final

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Deferrable, F, Func, Q
from django.utils import timezone

from agents.models.agents import AIAgent
from agents.models.customers import Customer
from core.tenancy import TenantModel

SLOT: Final = timedelta(minutes=15)


class CallbackStatus(models.TextChoices):
    """A rescheduled callback waits as a scheduled one does, at another time than it first had."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"


WAITING: Final = (CallbackStatus.SCHEDULED, CallbackStatus.RESCHEDULED)
OPEN: Final = (*WAITING, CallbackStatus.IN_PROGRESS)
BEGUN_UNTOLD: Final = Q(status=CallbackStatus.IN_PROGRESS) & (Q(overdue_at=None) | Q(overdue_at__lt=F("started_at")))


class Callback(TenantModel):
    """A call that is to be made, in a slot of its agent's that no other open callback may touch.

    `ends_at` is where the slot ends. `reminded_at` and `overdue_at` are when somebody was told that it is near, and
    that its time has gone by while it waited, or that it began and nobody called; a new time begins both anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agent = models.ForeignKey(AIAgent, on_delete=models.CASCADE, related_name="callbacks", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="callbacks", db_index=False)
    scheduled_datetime = models.DateTimeField()
    ends_at = models.DateTimeField(editable=False)
    status = models.CharField(max_length=11, choices=CallbackStatus, default=CallbackStatus.SCHEDULED)
    priority_level = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(5)], help_text="1 to 5; 5 is the most urgent."
    )
    reason = models.CharField(max_length=500, blank=True)
    notes = models.TextField(blank=True)
    expected_outcome = models.CharField(max_length=500, blank=True)
    outcome = models.CharField(max_length=500, blank=True, help_text="What came of it.")
    reschedule_count = models.PositiveIntegerField(default=0, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    overdue_at = models.DateTimeField(null=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    completed_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ["scheduled_datetime", "id"]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="callback_slots_apart",
                expressions=[
                    ("agent", RangeOperators.EQUAL),
                    (
                        Func("scheduled_datetime", "ends_at", function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(status__in=OPEN),
                # At the end of each statement: one that moves several may put one where another was.
                deferrable=Deferrable.IMMEDIATE,
                violation_error_message="This agent has another callback at that time.",
            ),
            models.CheckConstraint(condition=Q(ends_at=F("scheduled_datetime") + SLOT), name="callback_slot_length"),
            models.CheckConstraint(condition=Q(priority_level__range=(1, 5)), name="callback_priority_in_range"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "scheduled_datetime", "id"], name="callback_by_time"),
            models.Index(fields=["agent", "scheduled_datetime", "id"], name="callback_by_time_of_agent"),
            models.Index(fields=["customer", "scheduled_datetime"], name="callback_of_customer"),
            # With what the summary counts, so that it is counted without a look at the rows.
            models.Index(
                fields=["organization", "scheduled_datetime", "id"],
                include=["status"],
                condition=Q(status__in=WAITING),
                name="callback_due",
            ),
            # What beat looks for: of which nobody was told that its time has gone by, or that it began and nobody
            # called; whose agent could begin, and what counts as a day's calls. The last one is what the gauges count.
            models.Index(
                fields=["scheduled_datetime", "organization"],
                condition=Q(status__in=WAITING, overdue_at=None),
                name="callback_untold",
            ),
            models.Index(fields=["started_at", "organization"], condition=BEGUN_UNTOLD, name="callback_begun_untold"),
            models.Index(
                fields=["agent", "scheduled_datetime"],
                condition=Q(status__in=WAITING),
                name="callback_due_of_agent",
            ),
            models.Index(
                fields=["agent", "started_at"], condition=Q(started_at__isnull=False), name="callback_started"
            ),
            models.Index(fields=["agent"], condition=Q(status=CallbackStatus.IN_PROGRESS), name="callback_in_progress"),
        ]

    def __str__(self) -> str:
        return f"{self.customer}, {self.scheduled_datetime:%Y-%m-%d %H:%M}"
