"""What can be said of a call in which state."""

from collections.abc import Mapping
from typing import Final

from agents.errors import CallRefused
from agents.models import CallStatus

ONLY_COMPLETED: Final = "Only of a completed call."
ONLY_ENDED: Final = "Only of a call that has ended."


def refuse_misfits(status: str, fields: Mapping[str, object]) -> None:
    """Raises CallRefused, naming the field: nothing comes of a call that was no conversation, or is not over yet."""
    if fields.get("outcome") and status != CallStatus.COMPLETED:
        raise CallRefused("outcome", ONLY_COMPLETED)
    if status == CallStatus.IN_PROGRESS:
        for field in ("interest_level", "ended_at", "duration_seconds"):
            if fields.get(field):
                raise CallRefused(field, ONLY_ENDED)
