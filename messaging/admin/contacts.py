"""Contacts in the admin."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextInputWidget

from config.admin_tables import CappedAdmin, ServiceAdmin, link
from core.phones import LONGEST_TEXT, PhoneInvalid
from messaging.models import Contact
from messaging.selectors.contacts import matching
from messaging.services.keeping import create_contact, update_contact, wa_id_of


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A contact, whose number may be written in any way."""

    wa_id = forms.CharField(
        label="WhatsApp id",
        max_length=LONGEST_TEXT,
        widget=UnfoldAdminTextInputWidget,
        help_text="The number with its country code, as in +33 6 12 34 56 78. It stays.",
    )
    opted_out = forms.BooleanField(required=False, help_text="Whoever opted out gets no campaign.")

    class Meta:
        model = Contact
        fields: ClassVar[list[str]] = []

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own
        super().__init__(*arguments, **options)
        self.fields["opted_out"].initial = self.instance.opted_out_at is not None

    def clean_wa_id(self) -> str:
        """As it is kept."""
        try:
            return wa_id_of(self.cleaned_data["wa_id"])
        except PhoneInvalid as error:
            raise forms.ValidationError(list(error.fields["wa_id"])) from error


@admin.register(Contact)
class ContactAdmin(ServiceAdmin, CappedAdmin):
    """Who writes to the organization's numbers, and gets its campaigns. Nobody is deleted: his messages stay."""

    form = ContactForm
    list_display = ["__str__", "wa_id", "created_at", "opted_out_at"]
    list_filter = [("opted_out_at", admin.EmptyFieldListFilter), "created_at"]
    search_fields = ["search_text"]
    search_help_text = "Part of a name or of a number"
    ordering = ["-created_at", "id"]
    fields = ["wa_id", "name", "opted_out", "opted_out_at", "conversations", "created_at"]
    readonly_fields = ["opted_out_at", "conversations", "created_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Contact | None = None) -> Any:  # noqa: ANN401
        """Whoever has a number keeps it."""
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "wa_id"] if obj and obj.wa_id else fields

    def has_delete_permission(self, request: HttpRequest, obj: Contact | None = None) -> bool:
        """Nobody's."""
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Contact], search_term: str
    ) -> tuple[QuerySet[Contact], bool]:
        """As the API's `q`."""
        return matching(queryset, search_term) if search_term else queryset, False

    @admin.display(description="conversations")
    def conversations(self, contact: Contact) -> SafeString:
        """Where they are."""
        path = reverse("admin:messaging_conversation_changelist")
        return link(f"{path}?contact__id__exact={contact.pk}", "What was said with him")

    def save_model(self, request: HttpRequest, obj: Contact, form: "forms.ModelForm[Any]", change: bool) -> None:  # noqa: FBT001
        """Create him, or change what was changed."""
        said = {name: form.cleaned_data[name] for name in form.changed_data}
        saved = update_contact(contact_id=obj.pk, **said) if change else create_contact(**said)
        obj.__dict__.update(saved.__dict__)
