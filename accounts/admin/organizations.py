"""Organizations in the admin."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Organization
from config.admin import AuditedModelAdmin
from core.tenancy import current_organization_id


@admin.register(Organization)
class OrganizationAdmin(AuditedModelAdmin):
    """The staff's own organization. `manage.py createsuperuser` makes others."""

    list_display = ("name", "slug", "created_at")
    fields = ("name", "slug", "created_at")
    readonly_fields = ("slug", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        """The one in scope."""
        return Organization.objects.filter(pk=current_organization_id())

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody's."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Organization | None = None) -> bool:
        """Nobody's."""
        return False
