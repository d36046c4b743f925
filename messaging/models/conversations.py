"""Contacts, and conversations with them."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.utils import timezone

from core.folding import folded
from core.tenancy import TenantModel


class Contact(TenantModel):
    """Somebody at the other end. `wa_id` is WhatsApp's name for him: his number in digits.

    It is null of somebody who was imported from a file that has no numbers. Who opted out gets no campaign.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wa_id = models.CharField("WhatsApp id", max_length=32, null=True, blank=True)
    name = models.CharField(max_length=255, blank=True)
    opted_out_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # What a search looks through, without case and accents.
    search_text = models.GeneratedField(
        expression=folded(Concat("name", Value(" "), "wa_id", output_field=models.TextField())),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta(TenantModel.Meta):
        abstract = False
        ordering: ClassVar = ["-created_at", "id"]
        constraints: ClassVar = [models.UniqueConstraint("organization", "wa_id", name="messaging_contact_once")]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at", "id"], name="messaging_contacts_newest"),
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="messaging_contact_search"),
        ]

    def __str__(self) -> str:
        return self.name or self.wa_id or str(self.pk)


class ConversationStatus(models.TextChoices):
    """Whether it goes on."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class Conversation(TenantModel):
    """Messages that belong together. Callers know it by `conversation_id`, which they may have chosen.

    It is unique in an organization only: one that another organization chose, too, is another conversation.
    """

    conversation_id = models.UUIDField(default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="conversations")
    number = models.ForeignKey(
        "messaging.WhatsAppNumber", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    status = models.CharField(max_length=6, choices=ConversationStatus, default=ConversationStatus.OPEN)
    opened_at = models.DateTimeField(default=timezone.now, editable=False)
    last_message_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    class Meta(TenantModel.Meta):
        abstract = False
        ordering: ClassVar = ["-opened_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint("organization", "conversation_id", name="messaging_conversation_once"),
            models.UniqueConstraint(
                fields=["contact", "number"], condition=Q(status="open"), name="messaging_one_open_conversation"
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_at__isnull=True) | Q(status="closed", closed_at__isnull=False),
                name="messaging_closed_at_some_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-opened_at", "id"], name="messaging_conv_newest"),
            models.Index(fields=["number"], name="messaging_conv_number"),
            models.Index(fields=["closed_by"], name="messaging_conv_closed_by"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} ({self.status})"
