"""What TrackImmo's admin pages have in common: tables of millions of rows, most of them made by services."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from config.admin_tables import CappedAdmin, ReadOnly, ServiceAdmin


class LargeTableAdmin(CappedAdmin, ServiceAdmin):
    """For large tables whose pages show sales, which no search engine may keep."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ANN401
        """The list."""
        return noindex(super().changelist_view(request, extra_context))

    def changeform_view(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponse:  # noqa: ANN401
        """One row."""
        return noindex(super().changeform_view(request, *arguments, **options))


def euros(price: int) -> str:
    """A price for people."""
    return f"{price:,} €"


def noindex(response: HttpResponse) -> HttpResponse:
    """The same response, for people only."""
    response["X-Robots-Tag"] = "noindex"
    return response


class RuledForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A form that checks the rules within the organization, although it does not show the organization."""

    def _get_validation_exclusions(self) -> set[str]:
        # Without the organization Django would leave out every rule that names it, and the database would answer.
        return super()._get_validation_exclusions() - {"organization"}  # type: ignore[misc,no-any-return]


class RecordAdmin(ReadOnly, LargeTableAdmin):
    """For rows that services write and people read."""
