"""Cities in the admin."""

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from config.admin_tables import COUNTED_ROWS
from trackimmo import services
from trackimmo.admin.base import LargeTableAdmin, RuledForm
from trackimmo.models import City


@admin.register(City)
class CityAdmin(LargeTableAdmin):
    """The communes of the staff's organization."""

    form = RuledForm
    list_display = ["name", "insee_code", "postal_code", "department_code", "region_name", "population", "refreshed_at"]
    list_filter = ["department_code"]
    search_fields = ["name__istartswith", "insee_code__exact", "postal_code__exact"]
    search_help_text = "The beginning of a name, an INSEE code or a postal code"
    readonly_fields = ["refreshed_at", "property_count"]

    def has_delete_permission(self, request: HttpRequest, obj: City | None = None) -> bool:
        """Staff's, one by one, for a city without sales: of another the page would list every sale in the way."""
        return obj is not None and super().has_delete_permission(request, obj) and not obj.properties.exists()

    def save_model(self, request: HttpRequest, obj: City, form: "ModelForm[City]", change: bool) -> None:  # noqa: FBT001
        """Create it, or change what was changed."""
        said = {name: form.cleaned_data[name] for name in form.changed_data}
        saved = services.update_city(city_id=obj.pk, **said) if change else services.create_city(**said)
        obj.__dict__.update(saved.__dict__)

    @admin.display(description="properties")
    def property_count(self, city: City) -> str:
        """How many sales are known there, as far as it is worth counting."""
        count = city.properties.all()[:COUNTED_ROWS].count()
        return f"{count:,} or more" if count == COUNTED_ROWS else f"{count:,}"
