"""API keys in the admin."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from accounts import services
from accounts.forms import ApiKeyForm
from accounts.models import ApiKey
from config.admin import AuditedModelAdmin


@admin.register(ApiKey)
class ApiKeyAdmin(AuditedModelAdmin):
    """The keys of the staff's organization: issued, renamed, revoked, and never deleted."""

    form = ApiKeyForm
    list_display = ("name", "prefix", "scopes", "created_at", "last_used_at", "expires_at", "revoked_at")
    search_fields = ("name", "prefix")
    actions = ("revoke",)
    facts = ("prefix", "scopes", "created_at", "last_used_at", "revoked_at")

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        """What a key is issued with, then also what became of it."""
        return ("name", "expires_at", *self.facts) if obj else ("name", "scopes", "expires_at")

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        """A key never opens more than it was issued for."""
        return self.facts if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Nobody's: the audit log refers to keys. They are revoked."""
        return False

    def save_model(self, request: HttpRequest, obj: ApiKey, form: "ModelForm[ApiKey]", change: bool) -> None:  # noqa: FBT001
        """Issue a new key and show its secret, or save a change."""
        if change:
            super().save_model(request, obj, form, change)
            return
        issued = services.issue_api_key(name=obj.name, scopes=obj.scopes, expires_at=obj.expires_at)
        obj.__dict__.update(issued.key.__dict__)
        messages.warning(request, f"Copy the key now, it is not shown again: {issued.secret}")

    @admin.action(description="Revoke the selected keys", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """Revoke them for good."""
        for key in queryset:
            services.revoke_api_key(api_key=key)
        messages.success(request, "The selected keys open nothing any more.")
