"""Login sessions in the admin."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import services
from accounts.models import LoginSession
from config.admin import AuditedModelAdmin


@admin.register(LoginSession)
class LoginSessionAdmin(AuditedModelAdmin):
    """Who is logged in from where; to look at, and to end."""

    list_display = ("user", "created_at", "rotated_at", "expires_at", "revoked_at", "ip_address", "user_agent")
    list_select_related = ("user",)
    search_fields = ("user__email", "ip_address")
    date_hierarchy = "created_at"
    fields = list_display
    actions = ("end",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only a login begins one."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: LoginSession | None = None) -> bool:
        """Nobody edits one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LoginSession | None = None) -> bool:
        """They are ended, and purged a month after they expired."""
        return False

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Whoever may change users' logins at all."""
        return request.user.has_perm("accounts.change_loginsession")

    @admin.action(description="End the selected logins", permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[LoginSession]) -> None:
        """Log them out at once."""
        for session in queryset:
            services.end_session(session=session)
        messages.success(request, "The selected logins have ended.")
