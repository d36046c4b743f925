"""Our numbers, and what WhatsApp tells about messages and accounts."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from core.secrets import EncryptedTextField
from core.tenancy import TenantModel

STATUSES = [(status, status.title()) for status in ("pending", "sent", "failed", "delivered", "read")]


class WhatsAppNumber(TenantModel):
    """A number of ours. Webhooks name it by `phone_number_id`, and its account by `business_account_id`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    phone_number_id = models.CharField(max_length=64, unique=True, help_text="As Meta names the number.")
    business_account_id = models.CharField(max_length=64, blank=True, help_text="As Meta names the account.")
    display_number = models.CharField(max_length=32, blank=True)
    access_token = EncryptedTextField(blank=True, help_text="Needed to send through the Cloud API.")
    is_active = models.BooleanField(default=True, help_text="Campaigns are sent from active numbers only.")
    paused_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when Meta refuses us; what is queued waits."
    )
    pause_reason = models.TextField(blank=True, editable=False)
    waits_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Meta wants nothing sent before."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantModel.Meta):
        abstract = False
        verbose_name = "WhatsApp number"
        ordering: ClassVar = ["created_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["organization", "created_at", "id"], name="messaging_numbers"),
            models.Index(fields=["business_account_id"], name="messaging_number_account"),
        ]

    def __str__(self) -> str:
        return self.display_number or self.phone_number_id


class Delivery(TenantModel):
    """What is known of one message of WhatsApp's, by its `wamid`: which of ours it is, and how far it got.

    A status may arrive before its message, whose `message_id` is null until then. `status` only moves forward.
    """

    id = models.BigAutoField(primary_key=True)
    wamid = models.CharField(max_length=255)
    message_id = models.UUIDField(null=True, blank=True)
    status = models.CharField(max_length=9, choices=STATUSES, blank=True)
    status_at = models.DateTimeField(null=True, blank=True)
    error_code = models.IntegerField(null=True, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantModel.Meta):
        abstract = False
        verbose_name_plural = "deliveries"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.UniqueConstraint("organization", "wamid", name="messaging_delivery_once")]

    def __str__(self) -> str:
        return f"{self.wamid} {self.status}".strip()


class AccountEvent(TenantModel):
    """What Meta told about an account or a number of ours: banned, restricted, a template refused."""

    id = models.BigAutoField(primary_key=True)
    business_account_id = models.CharField(max_length=64)
    field = models.CharField(max_length=80)
    value = models.JSONField()
    digest = models.CharField(max_length=64, editable=False)
    received_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantModel.Meta):
        abstract = False
        ordering: ClassVar = ["-received_at", "-id"]
        constraints: ClassVar = [models.UniqueConstraint("organization", "digest", name="messaging_account_event_once")]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-received_at", "-id"], name="messaging_account_events")
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.business_account_id}"


class UnroutedWebhook(models.Model):
    """A change about a number or an account that nobody has registered yet. It is taken in when somebody does."""

    id = models.BigAutoField(primary_key=True)
    phone_number_id = models.CharField(max_length=64, blank=True)
    business_account_id = models.CharField(max_length=64)
    change = models.JSONField()
    digest = models.CharField(max_length=64, unique=True, editable=False)
    received_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["phone_number_id"], name="messaging_unrouted_number"),
            models.Index(fields=["business_account_id"], name="messaging_unrouted_account"),
        ]

    def __str__(self) -> str:
        return f"{self.phone_number_id or self.business_account_id} {self.received_at:%Y-%m-%d %H:%M}"
