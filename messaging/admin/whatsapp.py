"""Our numbers, and what WhatsApp tells, in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget

from config.admin_tables import ServiceAdmin
from core.secrets import Undecipherable, masked
from messaging.admin.base import COLOURS, MessagingAdmin
from messaging.models import AccountEvent, Delivery, UnroutedWebhook, WhatsAppNumber
from messaging.services.numbers import register_number, resume_number


class NumberForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A number. Its token is never shown: what is left empty stays as it is."""

    access_token = forms.CharField(
        required=False, strip=True, widget=UnfoldAdminPasswordWidget(), help_text="Left empty, it stays as it is."
    )

    class Meta:
        model = WhatsAppNumber
        fields = ["phone_number_id", "business_account_id", "display_number", "access_token", "is_active"]

    def clean_access_token(self) -> str:
        """The token that was typed, or the one there is."""
        return self.cleaned_data["access_token"] or self.initial.get("access_token") or ""


@admin.register(WhatsAppNumber)
class WhatsAppNumberAdmin(ServiceAdmin):
    """Our numbers, what they wait for, and what Meta has against them."""

    form = NumberForm
    list_display = ["phone_number_id", "display_number", "business_account_id", "is_active", "state", "pause_reason"]
    fields = [
        "phone_number_id",
        "business_account_id",
        "display_number",
        "access_token",
        "end_of_token",
        "is_active",
        "paused_at",
        "pause_reason",
        "waits_until",
    ]
    readonly_fields = ["end_of_token", "paused_at", "pause_reason", "waits_until"]
    actions = ["resume"]

    def save_model(self, request: HttpRequest, obj: WhatsAppNumber, form: Any, change: bool) -> None:  # noqa: ANN401, FBT001
        """Register it, and take in what WhatsApp told of it before."""
        taken = register_number(obj)
        if taken:
            self.message_user(request, f"{taken:,} changes that WhatsApp told before were taken in.")

    @display(description="sending", label={"paused": "danger", "sends": "success"})  # type: ignore[untyped-decorator]
    def state(self, number: WhatsAppNumber) -> str:
        """Whether it sends."""
        return "paused" if number.paused_at else "sends"

    @admin.display(description="token")
    def end_of_token(self, number: WhatsAppNumber) -> str:
        """Enough to tell tokens apart."""
        try:
            return masked(number.access_token) or "-"
        except Undecipherable as error:
            return str(error)

    @admin.action(description="Resume sending", permissions=["change"])
    def resume(self, request: HttpRequest, numbers: QuerySet[WhatsAppNumber]) -> None:
        """Whatever was wrong is put right: send what waits."""
        for number in numbers:
            waiting = resume_number(number_id=number.pk)
            self.message_user(request, f"{number}: {waiting:,} messages waited and are on their way.")


@admin.register(Delivery)
class DeliveryAdmin(MessagingAdmin):
    """How far WhatsApp says that messages got."""

    list_display = ["wamid", "state", "status_at", "error_code", "error", "created_at"]
    list_filter = ["status", "created_at"]
    search_fields = ["wamid__exact"]
    ordering = ["-id"]

    @display(description="status", label=COLOURS)  # type: ignore[untyped-decorator]
    def state(self, delivery: Delivery) -> str:
        """The status, in colour."""
        return delivery.status or "unknown"


@admin.register(AccountEvent)
class AccountEventAdmin(MessagingAdmin):
    """What Meta told about accounts and numbers."""

    list_display = ["received_at", "business_account_id", "field", "details"]
    list_filter = ["field", "received_at"]
    ordering = ["-received_at"]

    @admin.display(description="details")
    def details(self, event: AccountEvent) -> SafeString:
        """What was told, name by name."""
        return format_html("{}", ", ".join(f"{name}: {value}" for name, value in event.value.items())[:200])


@admin.register(UnroutedWebhook)
class UnroutedWebhookAdmin(MessagingAdmin):
    """What WhatsApp told of numbers and accounts that nobody has registered. Registering them takes it in."""

    list_display = ["received_at", "phone_number_id", "business_account_id"]
    list_filter = ["received_at"]
    search_fields = ["phone_number_id__exact", "business_account_id__exact"]
    exclude = ["change"]
    ordering = ["-id"]
