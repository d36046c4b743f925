"""The lines of WhatsApp's exports that begin something: how they are written, and when that was."""

import re
from collections.abc import Iterable
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Final, NamedTuple

# Marks of the direction of writing, in which exports wrap names and dates.
DIRECTION: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
LONGEST: Final = 60  # of a date and a time, with all marks
DATE: Final = r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})\.?"
TIME: Final = r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\s?([AaPp])\.?\s?[Mm]\.?)?"
IOS: Final = re.compile(rf"\[{DATE},?\s{TIME}\] ")
ANDROID: Final = re.compile(rf"{DATE},?\s{TIME}\s[-\u2013] ")


class DateOrder(StrEnum):
    """In which order a file writes day, month and year."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


class Stamped(NamedTuple):
    """The beginning of a message: the numbers of its date as written, its time, and what follows."""

    date: tuple[int, int, int]
    time: tuple[int, int, int]
    rest: str


def stamped(line: str) -> Stamped | None:
    """What a line begins; None if it goes on with what began before."""
    bare = DIRECTION.sub("", line[:LONGEST])
    found = IOS.match(bare) or ANDROID.match(bare)
    if found is None:
        return None
    first, second, third, hour, minute, seconds, half = found.groups()
    # Marks in what follows are the message's own.
    rest = line.partition("] " if bare[0] == "[" else found[0][-2:])[2]
    hours = int(hour) % 12 + (12 if half in "Pp" else 0) if half else int(hour)
    return Stamped((int(first), int(second), int(third)), (hours, int(minute), int(seconds or 0)), rest)


def moment_of(one: Stamped, order: DateOrder, zone: tzinfo) -> datetime | None:
    """When it was; None for a date that there is not."""
    numbers = dict(zip(order.value, one.date, strict=True))
    year = numbers["y"] + (2000 if numbers["y"] < 100 else 0)
    try:
        return datetime(year, numbers["m"], numbers["d"], *one.time, tzinfo=zone)
    except ValueError:
        return None


def orders_of(stamps: Iterable[Stamped], zone: tzinfo) -> list[DateOrder]:
    """The orders in which all dates of a file are dates; where there are several, those in which time never turns back.

    It must be one; otherwise the dates do not tell.
    """
    latest: dict[DateOrder, datetime] = {}
    possible, forward = set(DateOrder), set(DateOrder)
    for one in stamps:
        for order in list(possible):
            at = moment_of(one, order, zone)
            if at is None or (one.date[0] > 99) != (order is DateOrder.YMD):
                possible.discard(order)
            else:
                if at < latest.get(order, at):
                    forward.discard(order)
                latest[order] = at
    left = [order for order in DateOrder if order in possible]
    return left if len(left) < 2 else [order for order in left if order in forward] or left
