"""Entries as the admin's list shows them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

from django.contrib.admin import AdminSite
from django.http import HttpRequest

from audit.admin.links import Object, paths_of
from audit.documents import AuditLog
from config.admin_history import Change, changes_in, people_in, who

CHANGES_SHOWN: Final = 5
LONGEST_IN_A_LINE: Final = 80


@dataclass(frozen=True, slots=True)
class Line:
    """An entry. Paths are empty where there is no page, or none that may be seen."""

    id: UUID
    seq: int
    at: datetime
    action: str
    resource_type: str
    resource_id: str
    resource_path: str
    who: str
    who_path: str
    changes: Sequence[Change]
    more_changes: int
    request_id: str


def lines_of(entries: Sequence[AuditLog], *, site: AdminSite, request: HttpRequest, whole: bool = False) -> list[Line]:
    """The entries, with the pages of what they name; `whole` says that nothing of their changes is left out."""
    people = people_in(entries)
    paths = paths_of(_named(entries), site=site, request=request)
    return [_line(entry, people, paths, whole=whole) for entry in entries]


def _whose(entry: AuditLog) -> Object:
    return ("user", str(entry["user_id"])) if entry["user_id"] else ("api_key", entry["key_id"] or "")


def _named(entries: Sequence[AuditLog]) -> Iterator[Object]:
    for entry in entries:
        yield entry["resource_type"], entry["resource_id"]
        yield _whose(entry)


def _line(entry: AuditLog, people: Mapping[UUID, str], paths: Mapping[Object, str], *, whole: bool) -> Line:
    changes = changes_in(entry, people, longest=None if whole else LONGEST_IN_A_LINE)
    shown = list(islice(changes, None if whole else CHANGES_SHOWN))
    return Line(
        id=entry["_id"],
        seq=entry["seq"],
        at=entry["created_at"],
        action=entry["action"],
        resource_type=entry["resource_type"],
        resource_id=entry["resource_id"],
        resource_path=paths.get((entry["resource_type"], entry["resource_id"]), ""),
        who=who(entry, people),
        who_path=paths.get(_whose(entry), ""),
        changes=shown,
        more_changes=sum(1 for _ in changes),
        request_id=entry["request_id"],
    )
