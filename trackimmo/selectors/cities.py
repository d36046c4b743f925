"""Reads of cities."""

from django.db.models import Case, Q, When

from core.pages import Page, page_of
from trackimmo.models import City


def city_page(*, limit: int, offset: int, search: str = "", insee_code: str = "") -> Page[City]:
    """This organization's cities by name. `search` is part of a name: those that begin with it come first.

    `insee_code` also finds the city that a former commune of this code has merged into.
    """
    cities = City.objects.order_by("name", "pk")
    if search:
        begins = Case(When(name__istartswith=search, then=0), default=1)
        cities = cities.filter(name__icontains=search).order_by(begins, "name", "pk")
    if insee_code:
        cities = cities.filter(Q(insee_code=insee_code) | Q(former_codes__contains=[insee_code]))
    return page_of(cities, limit=limit, offset=offset)
