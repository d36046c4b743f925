"""The "History" page of an object in the admin: what the audit log knows of it, whoever did it and wherever."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.admin import ModelAdmin

from accounts import selectors as accounts
from audit import selectors as audit
from core.errors import Unavailable
from core.jsontypes import JSON

LONGEST_SHOWN: Final = 300
NOTHING: Final = "-"
# As `created_at` and the API write it.
MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(\.\d+)?(Z|\+00:00)")
# Only ids in the one spelling that we write: a text that could be read as one stays what it is.
AN_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Change:
    """What a field was, and what it is."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Deed:
    """A line of the page."""

    at: datetime
    who: str
    action: str
    changes: Sequence[Change]


def resource_type_of(model: Model | type[Model]) -> str:
    """What the audit log calls objects of this model."""
    return re.sub(r"\W", "_", str(model._meta.verbose_name).lower())


class AuditHistory(ModelAdmin):
    """The history of rows whose changes the audit log has, or that it cannot be read."""

    object_history_template: Any = "audit/object_history.html"  # Django's own is typed more broadly
    # What the log calls these rows, and which of their columns has the id it knows them by, if not as other rows.
    audited_as: ClassVar[str] = ""
    audited_by: ClassVar[str] = "pk"

    @property
    def audited_type(self) -> str:
        """What the audit log calls these rows."""
        return self.audited_as or resource_type_of(self.model)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's page, which knows whether somebody may see it, with the log's entries."""
        page: HttpResponse = super().history_view(request, object_id, extra_context)
        if isinstance(page, TemplateResponse) and page.context_data is not None:
            page.context_data.update(self._told(page.context_data["object"]))
        return page

    def _told(self, row: Model) -> dict[str, Any]:
        try:
            resource_id = str(getattr(row, self.audited_by))
            entries = audit.history_of(resource_type=self.audited_type, resource_id=resource_id)
        except Unavailable:
            return {"is_away": True}
        people = people_in(entries)
        deeds = [
            Deed(
                at=entry["created_at"],
                who=who(entry, people),
                action=entry["action"].replace("_", " ").capitalize(),
                changes=list(changes_in(entry, people)),
            )
            for entry in entries
        ]
        return {"deeds": deeds, "is_cut": len(deeds) == audit.MOST}


def differing(changes: Mapping[str, Sequence[Any]]) -> Iterator[tuple[str, Any, Any]]:
    """Each field with its old and its new value; of objects only what is other within them, as `goals.calls`."""
    for name, (old, new) in changes.items():
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            pairs = {key: (old.get(key), new.get(key)) for key in {**old, **new}}
            inner = {key: pair for key, pair in pairs.items() if _written(pair[0]) != _written(pair[1])}
            yield from ((f"{name}.{path}", before, after) for path, before, after in differing(inner))
        else:
            yield name, old, new


def changes_in(
    entry: Mapping[str, Any], people: Mapping[UUID, str], *, longest: int | None = LONGEST_SHOWN
) -> Iterator[Change]:
    """What an entry of the log changed, as a person reads it; values are cut at `longest` characters, if any."""
    for field, old, new in differing(entry["changes"]):
        yield Change(field, shown(old, people, longest=longest), shown(new, people, longest=longest))


def shown(value: JSON, people: Mapping[UUID, str], *, longest: int | None = LONGEST_SHOWN) -> str:
    """A value as a person reads it: people by their addresses, times in one style, not more than fits."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if at := MOMENT.fullmatch(text):
        day, clock, seconds = at.group(1, 2, 3)
        text = f"{day} {clock}{'' if seconds in (None, ':00') else seconds}"
    elif AN_ID.fullmatch(text):
        text = people.get(UUID(text), text)
    return text if longest is None or len(text) <= longest else f"{text[:longest]}…"


def _written(value: JSON) -> str:
    """As JSON: in Python 1 and true are equal."""
    return json.dumps(value, sort_keys=True)


def people_in(entries: Sequence[Mapping[str, Any]]) -> Mapping[UUID, str]:
    """The address of whoever acted, and of whatever a field was made that is a person of the organization in scope."""
    return accounts.emails_of(set(_ids_in(entries)))


def who(entry: Mapping[str, Any], people: Mapping[UUID, str]) -> str:
    """Who did it: a person, a program, or the platform by itself."""
    if user_id := entry["user_id"]:
        return people.get(user_id, f"a user who is gone, {user_id}")
    return f"key {entry['key_id']}" if entry["key_id"] else "the platform"


def _ids_in(entries: Sequence[Mapping[str, Any]]) -> Iterator[UUID]:
    for entry in entries:
        if entry["user_id"]:
            yield entry["user_id"]
        for _, *values in differing(entry["changes"]):
            yield from (UUID(value) for value in values if isinstance(value, str) and AN_ID.fullmatch(value))
