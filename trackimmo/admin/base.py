"""What TrackImmo's admin pages have in common: tables of millions of rows, most of them made by services."""

from functools import cached_property
from typing import Any, Final, cast

from django import forms
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


class LargeTableAdmin(ServiceAdmin):
    """For tables that no page may count or sort in full. Their pages show sales, which no search engine may keep."""

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ANN401
        """The list."""
        return noindex(super().changelist_view(request, extra_context))

    def changeform_view(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponse:  # noqa: ANN401
        """One row."""
        return noindex(super().changeform_view(request, *arguments, **options))


def euros(price: int) -> str:
    """A price for people."""
    return f"{price:,} €"


def link(path: str, words: str) -> SafeString:
    """A link that looks like one: the admin's style leaves none to look so by itself."""
    return format_html('<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', path, words)


def noindex(response: HttpResponse) -> HttpResponse:
    """The same response, for people only."""
    response["X-Robots-Tag"] = "noindex"
    return response


class RuledForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A form that checks the rules within the organization, although it does not show the organization."""

    def _get_validation_exclusions(self) -> set[str]:
        # Without the organization Django would leave out every rule that names it, and the database would answer.
        return super()._get_validation_exclusions() - {"organization"}  # type: ignore[misc,no-any-return]


class RecordAdmin(LargeTableAdmin):
    """For rows that services write and people read."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody's."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody's."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody's."""
        return False
