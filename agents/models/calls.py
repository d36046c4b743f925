"""Calls: what was said, and what came of it."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from agents.models.agents import AIAgent
from agents.models.callbacks import Callback
from agents.models.customers import Customer, InterestLevel
from core.tenancy import TenantModel


class CallDirection(models.TextChoices):
    """Who called."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


class CallStatus(models.TextChoices):
    """How far it got. Only a completed one was a conversation."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"


class CallOutcome(models.TextChoices):
    """What a conversation came to."""

    INTERESTED = "interested"
    NOT_INTERESTED = "not_interested"
    CALLBACK_REQUESTED = "callback_requested"
    CONVERTED = "converted"
    DO_NOT_CALL = "do_not_call"
    OTHER = "other"


class Call(TenantModel):
    """A call between an AI agent and a customer. `interest_level` is the customer's afterwards, where it was told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agent = models.ForeignKey(AIAgent, on_delete=models.CASCADE, related_name="calls", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="calls", db_index=False)
    callback = models.ForeignKey(
        Callback, on_delete=models.SET_NULL, null=True, blank=True, related_name="calls", db_index=False
    )
    direction = models.CharField(max_length=8, choices=CallDirection, default=CallDirection.OUTBOUND)
    status = models.CharField(max_length=11, choices=CallStatus, default=CallStatus.COMPLETED)
    outcome = models.CharField(max_length=18, choices=CallOutcome, blank=True)
    interest_level = models.CharField(max_length=9, choices=InterestLevel, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    duration_seconds = models.PositiveIntegerField(default=0)
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ["-started_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status="in_progress", ended_at=None)
                | (~Q(status="in_progress") & Q(ended_at__isnull=False)),
                name="call_ended_unless_in_progress",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-started_at", "id"], name="call_newest"),
            models.Index(fields=["agent", "-started_at", "id"], name="call_newest_of_agent"),
            models.Index(fields=["customer", "-started_at"], name="call_newest_of_customer"),
            models.Index(fields=["agent"], condition=Q(status="in_progress"), name="call_in_progress"),
            models.Index(fields=["callback"], condition=Q(callback__isnull=False), name="call_of_callback"),
        ]

    def __str__(self) -> str:
        return f"{self.customer}, {self.started_at:%Y-%m-%d %H:%M}"
