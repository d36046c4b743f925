"""Filters as SQL."""

from dataclasses import dataclass
from typing import Any, Final

from core.tenancy import current_organization_id
from profiles.selectors.filters import Filters

NAMES: Final = {
    "agent_name": "agent_name = %(agent_name)s",
    "profile_name": "profile_name = %(profile_name)s",
    "search": "(agent_name ILIKE %(search)s OR profile_name ILIKE %(search)s)",
}
TIMES: Final = {"since": "record.timestamp >= %(since)s", "until": "record.timestamp < %(until)s"}
# A segment that has records of the window; one that has no others.
OVERLAPS: Final = {"since": "segment.latest >= %(since)s", "until": "segment.earliest < %(until)s"}
IS_INSIDE: Final = {"since": "segment.earliest >= %(since)s", "until": "segment.latest < %(until)s"}
# A join would lose the order of the records, and a subquery of ids that are thought to be many would be searched for
# each record instead of hashed: nobody guesses how many are in an array.
OF_MATCHED: Final = "(record.profile_id IN (SELECT unnest(ARRAY(SELECT id FROM matched)))) IS TRUE"


@dataclass(frozen=True, slots=True)
class Conditions:
    """SQL that is true of what is asked for, each to be put after a WHERE or an AND."""

    parameters: dict[str, Any]
    has_names: bool
    """Whether only records of certain profiles are asked for: those in `matched`."""
    matched: str
    """Selects the ids of the profiles that may be asked for."""
    in_window: str
    """Of `record`: its time."""
    of_matched: str
    """Of `record`: its profile, where `matched` is a table."""
    overlaps: str
    """Of `segment`: some record of it may be in the window."""
    is_inside: str
    """Of `segment`: all of its records are in the window."""


def conditions(filters: Filters) -> Conditions:
    """The filters as SQL, for the organization in scope."""
    given = {
        "agent_name": filters.agent_name,
        "profile_name": filters.profile_name,
        "since": filters.since,
        "until": filters.until,
        "search": _containing(filters.search) if filters.search else None,
    }
    parameters = {name: value for name, value in given.items() if value is not None}

    def all_of(fragments: dict[str, str]) -> str:
        return " AND ".join(["true", *(sql for name, sql in fragments.items() if name in parameters)])

    has_names = not NAMES.keys().isdisjoint(parameters)
    return Conditions(
        parameters={"organization_id": current_organization_id(), **parameters},
        has_names=has_names,
        matched=f"""
            SELECT id FROM profiles_browserprofile WHERE organization_id = %(organization_id)s AND {all_of(NAMES)}
        """,  # noqa: S608 -- constants only
        in_window=all_of(TIMES),
        of_matched=OF_MATCHED if has_names else "true",
        overlaps=all_of(OVERLAPS),
        is_inside=all_of(IS_INSIDE),
    )


def _containing(text: str) -> str:
    literal = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{literal}%"
