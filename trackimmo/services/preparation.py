"""What a job does before it assigns: its steps in order, each with how far the job is when it begins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from trackimmo.errors import ClientIncomplete
from trackimmo.models import Client
from trackimmo.services.jobs import Lease


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a job, as its steps see it."""

    lease: Lease
    client: Client


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the work, outside any transaction. A step that takes long reports, and so keeps the lease, itself."""

    name: str
    percent: int
    run: Callable[[Attempt], None]


def check_client(attempt: Attempt) -> None:
    """Refuse a client for whom nothing can be found. Raises ClientIncomplete."""
    if not attempt.client.chosen_cities.exists():
        raise ClientIncomplete(attempt.client.pk, missing="chosen cities")
    if not attempt.client.property_type_preferences:
        raise ClientIncomplete(attempt.client.pk, missing="property type preferences")


STEPS: Final[Sequence[Step]] = (Step("checking_client", 10, check_client),)
