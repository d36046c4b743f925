"""Customers of AI agents."""

import uuid
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.utils import timezone

from agents.models.agents import AIAgent
from core.folding import folded
from core.tenancy import TenantModel


class InterestLevel(models.TextChoices):
    """How near to a purchase."""

    COLD = "cold"
    WARM = "warm"
    HOT = "hot"
    CONVERTED = "converted"


class CallPreference(models.TextChoices):
    """When the customer likes to be called."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    ANYTIME = "anytime"


class Customer(TenantModel):
    """Somebody whom one AI agent calls, known by an E.164 phone number.

    `converted_at` is set while `interest_level` is converted. The others follow the rows: `total_calls` the calls,
    `last_call_at` when the last of them began, `next_followup` the time of the earliest open callback.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agent = models.ForeignKey(AIAgent, on_delete=models.CASCADE, related_name="customers", db_index=False)
    phone_number = models.CharField(max_length=16)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    interest_level = models.CharField(max_length=9, choices=InterestLevel, default=InterestLevel.COLD)
    call_preference_time = models.CharField(max_length=9, choices=CallPreference, default=CallPreference.ANYTIME)
    communication_style = models.CharField(max_length=50, blank=True)
    preferences = models.JSONField(default=dict, blank=True)
    notes = models.TextField(blank=True)
    do_not_call = models.BooleanField(default=False, help_text="Whoever asked for it is not called any more.")
    converted_at = models.DateTimeField(null=True, editable=False)
    total_calls = models.PositiveIntegerField(default=0, editable=False)
    last_call_at = models.DateTimeField(null=True, editable=False)
    next_followup = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    # What a search looks through, without case and accents.
    search_text = models.GeneratedField(
        expression=folded(
            Concat("name", Value(" "), "email", Value(" "), "phone_number", output_field=models.TextField())
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ["-created_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agent", "phone_number"],
                name="customer_once_per_agent",
                violation_error_message="This agent has a customer with this phone number already.",
            ),
            models.CheckConstraint(
                condition=Q(interest_level="converted", converted_at__isnull=False)
                | (~Q(interest_level="converted") & Q(converted_at=None)),
                name="customer_converted_at_while_converted",
            ),
            models.CheckConstraint(
                condition=Q(phone_number__regex=r"^\+[1-9][0-9]{6,14}$"), name="customer_phone_e164"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at", "id"], name="customer_newest"),
            models.Index(fields=["agent", "-created_at", "id"], name="customer_newest_of_agent"),
            models.Index(fields=["organization", "next_followup", "id"], name="customer_followups"),
            # What statistics count, so that they do without a look at the rows.
            models.Index(
                fields=["organization", "interest_level", "do_not_call", "created_at"], name="customer_standing"
            ),
            models.Index(
                fields=["organization", "converted_at"],
                include=["agent"],
                condition=Q(converted_at__isnull=False),
                name="customer_converted",
            ),
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="customer_search"),
        ]

    def __str__(self) -> str:
        return self.name or self.phone_number
