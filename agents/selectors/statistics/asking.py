"""What every statement of the statistics has in common."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection

from agents.selectors.seen import agents_seen_by, sees_everything
from agents.selectors.statistics.periods import Periods
from core.actor import Actor
from core.tenancy import current_organization_id

Row = dict[str, Any]
PLACES: Final = 4
EVERYWHERE: Final = "organization_id = %(organization_id)s"
SOMEWHERE: Final = f"{EVERYWHERE} AND {{column}} = ANY(%(agent_ids)s)"


@dataclass(frozen=True, slots=True)
class Scope:
    """The AI agents that are meant; None are all of the organization's."""

    agent_ids: list[UUID] | None

    @property
    def of_agents(self) -> str:
        """Which AI agents count, as a condition."""
        return self._where("id")

    @property
    def of_rows(self) -> str:
        """Which customers, callbacks and calls."""
        return self._where("agent_id")

    def _where(self, column: str) -> str:
        return EVERYWHERE if self.agent_ids is None else SOMEWHERE.format(column=column)


def scope_of(actor: Actor, agent_id: UUID | None) -> Scope:
    """One AI agent, which the caller must see; or all that he sees."""
    if agent_id is not None:
        return Scope([agent_id])
    if sees_everything(actor):
        return Scope(None)
    return Scope(list(agents_seen_by(actor).order_by().values_list("pk", flat=True)))


def fetch(statement: str, scope: Scope, asked: Periods) -> list[Row]:
    """The rows of a statement, by name."""
    known = {"organization_id": current_organization_id(), "agent_ids": scope.agent_ids, **asked.parameters}
    with connection.cursor() as cursor:
        cursor.execute(statement, known)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def by_period(rows: list[Row]) -> dict[int, list[Row]]:
    """The rows of either period: 1 is the one before, 2 the one asked for."""
    return {number: [row for row in rows if row["period"] == number] for number in (1, 2)}


def ratio(part: float, whole: float) -> float | None:
    """A rate to four places; None of nothing."""
    return round(part / whole, PLACES) if whole else None
