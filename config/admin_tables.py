"""Admin pages of tables that may have millions of rows, and of rows that only services write."""

from functools import cached_property
from typing import Any, Final, cast

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.admin import AuditedModelAdmin
from core.errors import SwitchboardError

COUNTED_ROWS: Final = 10_000


class AtLeast(int):
    """A number that more is known to exist of, and that says so where it is printed."""

    def __str__(self) -> str:
        return f"{int(self):,}+"


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    """Counts the first 10,000 rows and pages through those: beyond them, a person filters."""

    @cached_property
    def count(self) -> int:
        """How many rows there are to page through."""
        rows = cast(QuerySet[Model], self.object_list)
        counted = rows.order_by()[: COUNTED_ROWS + 1].count()
        return counted if counted <= COUNTED_ROWS else AtLeast(COUNTED_ROWS)


class CappedAdmin(AuditedModelAdmin):
    """For tables that no page may count or sort in full."""

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50


class ReadOnly:
    """Mixed into the admin of rows that services write and people read."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody's."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody's."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody's."""
        return False


class ServiceAdmin(AuditedModelAdmin):
    """For rows that forms check and services write: what only a service can refuse is told on the form's page."""

    def changeform_view(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponse:  # noqa: ANN401
        """The form. Django's view is one transaction: what was refused left nothing."""
        try:
            response: HttpResponse = super().changeform_view(request, *arguments, **options)
            return response
        except SwitchboardError as error:
            reasons = [message for messages_of_field in error.fields.values() for message in messages_of_field]
            self.message_user(request, " ".join(reasons) or error.message, messages.ERROR)
            return HttpResponseRedirect(request.path)


def link(path: str, words: object) -> SafeString:
    """A link that looks like one: the admin's style leaves none to look so by itself."""
    return format_html('<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', path, words)
