"""Clients."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from core.tenancy import TenantModel
from trackimmo.models.cities import City
from trackimmo.models.properties import PropertyType
from trackimmo.models.validators import one_line


class ClientStatus(models.TextChoices):
    """Only active clients are processed."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    TEST = "test"
    PENDING = "pending"


class Subscription(models.TextChoices):
    """What the client pays for."""

    DECOUVERTE = "decouverte", "Découverte"
    PRO = "pro"
    ENTREPRISE = "entreprise"


class Language(models.TextChoices):
    """The language of the client's e-mails."""

    FRENCH = "fr"
    ENGLISH = "en"


def default_addresses_per_report() -> int:
    """DEFAULT_ADDRESSES_PER_REPORT."""
    return settings.DEFAULT_ADDRESSES_PER_REPORT


class Client(TenantModel):
    """A real-estate professional who receives past sales of the chosen cities."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first_name = models.CharField(max_length=100, validators=[one_line])
    last_name = models.CharField(max_length=100, validators=[one_line])
    email = models.EmailField()
    status = models.CharField(max_length=10, choices=ClientStatus, default=ClientStatus.ACTIVE)
    subscription_type = models.CharField(max_length=12, choices=Subscription, default=Subscription.DECOUVERTE)
    chosen_cities = models.ManyToManyField(City, blank=True, related_name="clients")
    property_type_preferences = ArrayField(
        models.CharField(max_length=10, choices=PropertyType), default=list, blank=True
    )
    addresses_per_report = models.PositiveSmallIntegerField(
        default=default_addresses_per_report, validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    send_day = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(31)])
    language = models.CharField(max_length=2, choices=Language, default=Language.FRENCH)
    unsubscribed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the client asked for no more e-mails. Without one, he gets them."
    )
    welcomed_at = models.DateTimeField(
        null=True, editable=False, help_text="When he became active for the first time and was sent the welcome e-mail."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                F("organization"),
                Lower("email"),
                name="client_unique_email",
                violation_error_message="There is a client with this e-mail address already.",
            ),
            models.CheckConstraint(condition=Q(send_day__range=(1, 31)), name="client_send_day_in_month"),
            models.CheckConstraint(
                condition=Q(addresses_per_report__range=(1, 500)), name="client_addresses_per_report_in_range"
            ),
        ]
        indexes: ClassVar = [
            # The daily run asks who is due.
            models.Index(fields=["organization", "send_day", "id"], condition=Q(status="active"), name="client_due"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"
