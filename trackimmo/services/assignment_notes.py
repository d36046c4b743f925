"""What becomes of a property at the client it was given to."""

from typing import Final, TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from audit import services as audit
from core.jsontypes import JSON
from trackimmo.errors import AssignmentNotFound
from trackimmo.models import Assignment


class AssignmentFields(TypedDict, total=False):
    """What is noted; what is left out stays as it is. No notes are None."""

    status: str
    notes: str | None


FIELDS: Final = tuple(AssignmentFields.__annotations__)


@transaction.atomic
def note_assignment(*, client_id: UUID, address_id: UUID, **fields: Unpack[AssignmentFields]) -> Assignment:
    """Note how far a client got with a property that he was given; its property and city are loaded.

    Raises AssignmentNotFound.
    """
    rows = Assignment.objects.select_related("property__city").select_for_update(no_key=True, of=("self",))
    assignment = rows.filter(client_id=client_id, property_id=address_id).first()
    if assignment is None:
        raise AssignmentNotFound(client_id=client_id, address_id=address_id)
    before = _facts(assignment)
    for name, value in fields.items():
        setattr(assignment, name, value)
    if not (assignment.notes or "").strip():
        assignment.notes = None
    after = _facts(assignment)
    changes = {name: (before[name], after[name]) for name in FIELDS if before[name] != after[name]}
    if changes:
        assignment.save(update_fields=list(changes))
        audit.record(action="update", resource_type="assignment", resource_id=assignment.pk, changes=changes)
    return assignment


def _facts(assignment: Assignment) -> dict[str, JSON]:
    """The assignment as the audit log keeps it."""
    return {name: getattr(assignment, name) for name in FIELDS}
