"""AI agents."""

import uuid
from datetime import time
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now

from agents.models.validators import time_zone
from core.tenancy import TenantModel

TRAINED: Final = 20
MIDNIGHT: Final = time(0)


class Personality(models.TextChoices):
    """How the agent talks."""

    FRIENDLY = "friendly"
    PROFESSIONAL = "professional"
    PERSUASIVE = "persuasive"
    SUPPORTIVE = "supportive"
    CUSTOM = "custom"


class AgentStatus(models.TextChoices):
    """What the agent is doing. An active or learning one calls, once it is trained enough."""

    TRAINING = "training"
    LEARNING = "learning"
    ACTIVE = "active"
    OPTIMIZING = "optimizing"
    PAUSED = "paused"


CALLING: Final = (AgentStatus.ACTIVE, AgentStatus.LEARNING)


class AIAgent(TenantModel):
    """An AI agent that calls customers. `owner` is the client whose agent it is: each has one at most.

    `assigned_to` is the person who looks after it. It calls between `working_hours_start` and `working_hours_end` on
    the clock of `timezone`; an end of 00:00 is the end of the day. The counters equal the rows: `total_calls` its
    calls, `successful_calls` those that ended completed, `conversions` its customers who converted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+", db_index=False
    )
    name = models.CharField(max_length=100)
    personality_type = models.CharField(max_length=12, choices=Personality, default=Personality.FRIENDLY)
    voice_model = models.CharField(max_length=100, default="en-US-female-1")
    status = models.CharField(max_length=10, choices=AgentStatus, default=AgentStatus.TRAINING)
    training_level = models.PositiveSmallIntegerField(
        default=0, validators=[MinValueValidator(0), MaxValueValidator(100)], help_text="0 to 100; it calls from 20 on."
    )
    timezone = models.CharField(max_length=64, default="UTC", validators=[time_zone], help_text="An IANA name.")
    working_hours_start = models.TimeField(default=time(9))
    working_hours_end = models.TimeField(default=time(18), help_text="00:00 is the end of the day.")
    max_daily_calls = models.PositiveSmallIntegerField(
        default=50, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    business_info = models.JSONField(default=dict, blank=True)
    sales_goals = models.JSONField(default=dict, blank=True)
    initial_script = models.TextField(blank=True)
    total_calls = models.PositiveIntegerField(default=0, editable=False)
    successful_calls = models.PositiveIntegerField(default=0, editable=False)
    conversions = models.PositiveIntegerField(default=0, editable=False)
    last_call_at = models.DateTimeField(null=True, editable=False)
    # Raised to make the address of its calendar feed another one.
    calendar_version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        abstract = False
        verbose_name = "AI agent"
        ordering = ["-created_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner"], name="ai_agent_one_per_client", violation_error_message="This client has an AI agent."
            ),
            models.CheckConstraint(condition=Q(training_level__lte=100), name="ai_agent_training_level_in_range"),
            models.CheckConstraint(condition=Q(max_daily_calls__range=(1, 1000)), name="ai_agent_daily_calls_in_range"),
            models.CheckConstraint(
                condition=Q(working_hours_end__gt=F("working_hours_start")) | Q(working_hours_end=MIDNIGHT),
                name="ai_agent_working_hours",
                violation_error_message="The end of the working hours must be after their start; 00:00 is midnight.",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at", "id"], name="ai_agent_newest"),
            models.Index(fields=["assigned_to"], name="ai_agent_assigned"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_ready_for_calls(self) -> bool:
        """Whether it may call now."""
        return self.status in CALLING and self.training_level >= TRAINED

    @property
    def zone(self) -> ZoneInfo:
        """Where its clock is."""
        return ZoneInfo(self.timezone)
