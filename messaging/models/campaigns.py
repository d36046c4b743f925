"""Campaigns: one message to many contacts, each once."""

import uuid
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.tenancy import TenantModel
from messaging.models.conversations import Contact


class CampaignStatus(models.TextChoices):
    """`draft` can be edited, `published` can be executed, `executed` is final: its messages are on their way."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    EXECUTED = "executed", "Executed"


class Campaign(TenantModel):
    """A message for many. WhatsApp lets a business begin a conversation with an approved template only.

    With a `template_name` it is sent as that template, with `body` as what is kept of it; without, as a text, which
    WhatsApp delivers to those who wrote within the last day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=255)
    body = models.TextField(max_length=4096)
    template_name = models.CharField(max_length=512, blank=True)
    template_language = models.CharField(max_length=16, blank=True, default="en")
    template_parameters = models.JSONField(default=list, blank=True, help_text="What stands for {{1}}, {{2}} … in it.")
    number = models.ForeignKey("messaging.WhatsAppNumber", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=9, choices=CampaignStatus, default=CampaignStatus.DRAFT)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    executed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        abstract = False
        ordering: ClassVar = ["-created_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status="draft", published_at__isnull=True, executed_at__isnull=True)
                | Q(status="published", published_at__isnull=False, executed_at__isnull=True)
                | Q(status="executed", published_at__isnull=False, executed_at__isnull=False),
                name="messaging_campaign_steps",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at", "id"], name="messaging_campaigns_newest"),
            models.Index(fields=["number"], name="messaging_campaign_number"),
            models.Index(fields=["created_by"], name="messaging_campaign_creator"),
        ]

    def __str__(self) -> str:
        return self.name


class RecipientStatus(models.TextChoices):
    """How far the message to one recipient got.

    `sending` is set before WhatsApp is asked. Whoever dies then leaves a message that may have been sent or not: it is
    `unconfirmed`, never sent again, and settled by the status that WhatsApp reports, if it was sent.
    """

    CHOSEN = "chosen", "Chosen"
    QUEUED = "queued", "Queued"
    SENDING = "sending", "Sending"
    UNCONFIRMED = "unconfirmed", "Unconfirmed"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    DELIVERED = "delivered", "Delivered"
    READ = "read", "Read"


UNSETTLED: Final = (RecipientStatus.QUEUED, RecipientStatus.SENDING, RecipientStatus.UNCONFIRMED)


class CampaignRecipient(TenantModel):
    """One contact of a campaign, who gets its message once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="recipients")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=11, choices=RecipientStatus, default=RecipientStatus.CHOSEN)
    wamid = models.CharField(max_length=255, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error_code = models.IntegerField(null=True, blank=True)
    error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantModel.Meta):
        abstract = False
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint("campaign", "contact", name="messaging_recipient_once")]
        indexes: ClassVar = [
            models.Index(fields=["organization", "campaign", "status"], name="messaging_recipients"),
            models.Index(fields=["contact"], name="messaging_recipient_contact"),
            models.Index(fields=["status"], condition=Q(status__in=UNSETTLED), name="messaging_recipient_unsettled"),
            models.Index(fields=["organization", "wamid"], condition=~Q(wamid=""), name="messaging_recipient_wamid"),
        ]

    def __str__(self) -> str:
        return f"{self.contact}: {self.status}"
