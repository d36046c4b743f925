"""Fetched files in the admin."""

from django.contrib import admin

from trackimmo.admin.base import RecordAdmin
from trackimmo.models import SalesFile


@admin.register(SalesFile)
class SalesFileAdmin(RecordAdmin):
    """Which files of sales the staff's organization has looked for, and what it has of them."""

    list_display = ["insee_code", "year", "is_published", "checked_at", "imported_at", "place"]
    list_filter = ["is_published", ("imported_at", admin.EmptyFieldListFilter)]
    search_fields = ["insee_code__exact"]
    search_help_text = "An INSEE code"
    ordering = ["insee_code", "year"]
    sortable_by = ()
