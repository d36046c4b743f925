"""Sold properties in the admin."""

from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from trackimmo.admin.base import RecordAdmin, euros
from trackimmo.models import City, Property

MAP_URL = "https://www.openstreetmap.org/?mlat={}&mlon={}#map=19/{}/{}"


@admin.register(Property)
class PropertyAdmin(RecordAdmin):
    """The sales of the staff's organization. They come from imports, which would overwrite what is edited here."""

    list_display = ["address", "city", "property_type", "sale_date", "for_euros", "surface", "rooms"]
    list_select_related = ["city"]
    list_filter = [("city", AutocompleteSelectFilter), "property_type"]
    list_filter_submit = True
    # A million rows: in the order of an index, and no other.
    ordering = ["id"]
    sortable_by = ()
    search_fields = ["address_raw"]
    search_help_text = "A city's name, INSEE or postal code; with a city chosen, part of an address; or an id"
    readonly_fields = ["price_per_square_metre", "map"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Property], search_term: str
    ) -> tuple[QuerySet[Property], bool]:
        """Search by what an index finds: an id, a city, or an address within the chosen city."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if is_uuid(term):
            return queryset.filter(pk=term), False
        if "city__id__exact" in request.GET:
            return queryset.filter(address_raw__icontains=term), False
        cities = City.objects.filter(Q(name__istartswith=term) | Q(insee_code=term) | Q(postal_code=term))
        return queryset.filter(city__in=cities), False

    @admin.display(description="address")
    def address(self, sold: Property) -> str:
        """Street and number."""
        return sold.address_raw

    @admin.display(description="price")
    def for_euros(self, sold: Property) -> str:
        """For how much the whole sale went."""
        return euros(sold.price)

    @admin.display(description="price per m²")
    def price_per_square_metre(self, sold: Property) -> str:
        """Of the built surface; the price is that of the whole sale."""
        return euros(round(sold.price / sold.surface)) if sold.surface else "-"

    @admin.display(description="map")
    def map(self, sold: Property) -> SafeString | str:
        """Where it stands."""
        if sold.latitude is None or sold.longitude is None:
            return "-"
        url = MAP_URL.format(sold.latitude, sold.longitude, sold.latitude, sold.longitude)
        return format_html('<a href="{}" rel="noopener" target="_blank">OpenStreetMap</a>', url)


def is_uuid(term: str) -> bool:
    """Whether the term is an id."""
    try:
        UUID(term)
    except ValueError:
        return False
    return True
