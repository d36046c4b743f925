"""What `bench_agents` asks for, of each side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from benchmarks import _agents_sql as sql

AI: Final = "/api/agents/ai"


@dataclass(frozen=True, slots=True)
class Case:
    """A list: its parameters, and the statements that fetch the same."""

    name: str
    kind: str
    parameters: Mapping[str, str]
    statements: tuple[str, ...]
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where we answer it."""
        return f"{AI}/{self.kind}/?{urlencode(self.parameters)}"

    @property
    def peer_path(self) -> str:
        """Where the plain site does."""
        return f"/{self.kind}/?{urlencode(self.parameters)}"

    def require_same(self, rows: list[list[sql.Row]], answer: Mapping[str, Any]) -> None:
        """Raise AssertionError unless our answer has the rows of the statements, in their order, and their numbers."""
        page, [[total, *numbers]] = rows
        require_same([str(row[0]) for row in page], [item["id"] for item in answer["items"]], self.name)
        require_same([total, *numbers], [answer["total_count"], *answer["summary"].values()], self.name)

    def require_same_of_peer(self, rows: list[list[sql.Row]], answer: Mapping[str, Any]) -> None:
        """As for ours; the plain site counts and does not sum up."""
        page, [[total, *_]] = rows
        require_same([str(row[0]) for row in page], [item["id"] for item in answer["results"]], self.name)
        require_same(total, answer["count"], self.name)


def require_same(expected: object, answered: object, name: str) -> None:
    """Raise AssertionError naming the case."""
    if expected != answered:
        raise AssertionError(f"{name}: {answered!r:.400} is not {expected!r:.400}")


def search(name: str, text: str, statements: tuple[str, str], **filters: str) -> Case:
    """A search through the customers."""
    return Case(name, "customers", {**filters, "search": text}, statements, {"pattern": f"%{text}%"})


EVERYBODY: Final = sql.of_customers(sql.SEARCH)
LISTS: Final = (
    search(
        "hot, not converted, search=john",
        "john",
        sql.of_customers(sql.HOT),
        interest_level="hot",
        converted="false",
    ),
    search("search=edwards, one of fifty", "edwards", EVERYBODY),
    search("search=+12010700000, one customer", "+12010700000", EVERYBODY),
    search("search=example.com, every second", "example.com", EVERYBODY),
    Case("callbacks overdue=true", "callbacks", {"overdue": "true"}, sql.LATE_CALLBACKS),
)
