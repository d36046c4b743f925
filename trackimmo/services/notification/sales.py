"""Sales as a reader sees them: worded, with numbers and dates as his language writes them."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote_plus

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from trackimmo.models import Property, PropertyType
from trackimmo.services.notification.wording import NO_BREAK_SPACE, long_date

MAP_URL: Final = "https://www.openstreetmap.org"
BETWEEN: Final = " · "
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
    place: str
    details: str
    price: str
    sold_together: str
    sold_on: str
    map_url: str


def sale_line(sold: Property) -> SaleLine:
    """Word one sale in the active language. Its city must be loaded, and `properties_in_sale` if it has company."""
    place = f"{sold.postal_code or sold.city.postal_code} {sold.city.name}".strip()
    return SaleLine(
        address=sold.address_raw,
        place=place,
        details=BETWEEN.join(
            filter(None, (str(TYPE_NAMES[PropertyType(sold.property_type)]), _surface(sold), _rooms(sold)))
        ),
        price=_("€%(amount)s") % {"amount": _grouped(sold.price)},
        sold_together=_sold_together(getattr(sold, "properties_in_sale", 1)),
        sold_on=long_date(sold.sale_date),
        map_url=_map_url(sold, place),
    )


def _map_url(sold: Property, place: str) -> str:
    """A marker where the sale was, if that is known; else a search for its address."""
    if sold.latitude is None or sold.longitude is None:
        return f"{MAP_URL}/search?query={quote_plus(f'{sold.address_raw}, {place}')}"
    latitude, longitude = f"{sold.latitude:.6f}", f"{sold.longitude:.6f}"
    return f"{MAP_URL}/?mlat={latitude}&mlon={longitude}#map=18/{latitude}/{longitude}"


def _surface(sold: Property) -> str:
    """The built surface, or that of the land where nothing is built; nothing if neither is known."""
    square_metres = sold.surface or sold.land_surface
    return f"{_grouped(square_metres)}{NO_BREAK_SPACE}m²" if square_metres else ""


def _rooms(sold: Property) -> str:
    if not sold.rooms:
        return ""
    return ngettext("%(count)d room", "%(count)d rooms", sold.rooms) % {"count": sold.rooms}


def _sold_together(properties: int) -> str:
    """What the price is for, where it is not for this property alone."""
    if properties == 1:
        return ""
    return ngettext("for %(count)d property", "for %(count)d properties", properties) % {"count": properties}


def _grouped(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)
