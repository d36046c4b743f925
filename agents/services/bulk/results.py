"""What became of each object of a bulk action."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from core.errors import NotFound, SwitchboardError
from core.jsontypes import JSON


@dataclass(frozen=True, slots=True)
class Result:
    """Of one object: `refused` says why it stayed as it was, `more` what else there is to tell."""

    id: UUID
    result: Literal["done", "unchanged", "failed"] = "done"
    refused: SwitchboardError | None = None
    more: Mapping[str, JSON] = field(default_factory=dict)

    def shown(self) -> dict[str, JSON]:
        """`{id, result}` and what there is to tell; a failed one's `code` and `error` are those of a single request."""
        told: dict[str, JSON] = {"id": str(self.id), "result": self.result, **self.more}
        if self.refused is not None:
            told |= {"code": self.refused.code.upper(), "error": self.refused.message}
        return told


@dataclass(frozen=True, slots=True)
class BulkResult:
    """Of all of them, in the order in which they were asked for, or by time where filters chose them."""

    action: str
    dry_run: bool
    results: Sequence[Result]

    @property
    def matched(self) -> int:
        """How many of them there are."""
        return sum(not isinstance(result.refused, NotFound) for result in self.results)

    def count(self, result: Literal["done", "unchanged", "failed"]) -> int:
        """How many came out so."""
        return sum(one.result == result for one in self.results)

    def shown(self) -> dict[str, JSON]:
        """As the API answers it."""
        return {
            "action": self.action,
            "dry_run": self.dry_run,
            "matched": self.matched,
            "succeeded": self.count("done"),
            "unchanged": self.count("unchanged"),
            "failed": self.count("failed"),
            "results": [result.shown() for result in self.results],
        }


def failed(pk: UUID, error: SwitchboardError) -> Result:
    """It stayed as it was."""
    return Result(pk, "failed", error)


def unchanged(pk: UUID) -> Result:
    """It was as it should be."""
    return Result(pk, "unchanged")
