"""Sales as a reader sees them: worded, with numbers and dates as his language writes them."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote_plus

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trackimmo.models import Property, PropertyType
from trackimmo.services.notification.wording import long_date

UNKNOWN: Final = "\N{EN DASH}"
MAP_URL: Final = "https://www.openstreetmap.org/search?query="
TYPE_NAMES: Final = {
    PropertyType.HOUSE: gettext_lazy("House"),
    PropertyType.APARTMENT: gettext_lazy("Apartment"),
    PropertyType.LAND: gettext_lazy("Land"),
    PropertyType.COMMERCIAL: gettext_lazy("Commercial premises"),
    PropertyType.OTHER: gettext_lazy("Other"),
}


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One sale, every value a string for print."""

    address: str
    city: str
    kind: str
    surface: str
    rooms: str
    price: str
    sold_on: str
    map_url: str


def sale_line(sold: Property) -> SaleLine:
    """Word one sale in the active language. Its city must be loaded."""
    city = f"{sold.postal_code or sold.city.postal_code} {sold.city.name}".strip()
    return SaleLine(
        address=sold.address_raw,
        city=city,
        kind=str(TYPE_NAMES[PropertyType(sold.property_type)]),
        surface=_surface(sold),
        rooms=str(sold.rooms) if sold.rooms else UNKNOWN,
        price=_("€%(amount)s") % {"amount": _grouped(sold.price)},
        sold_on=long_date(sold.sale_date),
        map_url=MAP_URL + quote_plus(f"{sold.address_raw}, {city}"),
    )


def _surface(sold: Property) -> str:
    """The built surface, or that of the land where nothing is built."""
    square_metres = sold.surface or sold.land_surface
    return f"{_grouped(square_metres)} m²" if square_metres else UNKNOWN


def _grouped(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)
