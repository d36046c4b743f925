"""Words that templates cannot find by themselves: dates, lists and days as the active language writes them."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.utils.dateformat import format as format_date
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from trackimmo.models import PropertyType

NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"
NAMED_CITIES: Final = 5
SHORTEST_MONTH: Final = 28
FIRST: Final = "1er"
TYPES: Final = {
    PropertyType.HOUSE: gettext_lazy("houses"),
    PropertyType.APARTMENT: gettext_lazy("apartments"),
    PropertyType.LAND: gettext_lazy("land"),
    PropertyType.COMMERCIAL: gettext_lazy("commercial premises"),
    PropertyType.OTHER: gettext_lazy("other properties"),
}


def one_line(words: str) -> str:
    """The words with single spaces between them: a name with a line break must not break a subject."""
    return " ".join(words.split())


def day_of_month(day: date) -> str:
    """`1er` in French, where only the first is an ordinal; a plain number otherwise."""
    return FIRST if day.day == 1 and get_language() == "fr" else str(day.day)


def month_name(day: date) -> str:
    """`mars`, `March`."""
    return str(MONTHS[day.month])


def long_date(day: date) -> str:
    """`1er mars 2027`, `1 March 2027`; it does not break into lines."""
    return NO_BREAK_SPACE.join([day_of_month(day), month_name(day), str(day.year)])


def weekday_and_date(day: date) -> str:
    """`lundi 1er mars`, `Monday 1 March`."""
    return f"{WEEKDAYS[day.weekday()]} {day_of_month(day)}{NO_BREAK_SPACE}{month_name(day)}"


def monthly_on(send_day: int) -> str:
    """When a client's report comes: `on the 15th of each month`. What a month does not have falls on its last day."""
    sample = date(2000, 1, send_day)
    day = day_of_month(sample) if get_language() == "fr" else format_date(sample, "jS")
    if send_day > SHORTEST_MONTH:
        return _("on the %(day)s of each month, or on its last day") % {"day": day}
    return _("on the %(day)s of each month") % {"day": day}


def addresses(count: int) -> str:
    """`10 addresses`."""
    return ngettext("%(count)d address", "%(count)d addresses", count) % {"count": count}


def listed_cities(names: Iterable[str]) -> str:
    """`Annecy, Lyon and Paris`; of many the first ones, and how many others."""
    names = list(names)
    others = len(names) - NAMED_CITIES
    if others > 1:
        rest = ngettext("%(count)d other city", "%(count)d other cities", others) % {"count": others}
        names = [*names[:NAMED_CITIES], rest]
    return _listed(names) or _("none yet")


def listed_types(types: Iterable[str]) -> str:
    """`Houses and apartments`."""
    return capfirst(_listed([str(TYPES[PropertyType(one)]) for one in types])) or _("none yet")


def _listed(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}
