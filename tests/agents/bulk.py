"""Bulk actions, asked over the API and looked at in the tables."""

from datetime import datetime
from typing import Any

from agents.models import AIAgent, Callback, Customer
from core.outbox.models import OutboxEvent
from tests.agents.conftest import AGENTS, CALLBACKS
from tests.agents.factories import CallbackFactory, CustomerFactory

BULK_CALLBACKS = f"{CALLBACKS}bulk-actions/"
BULK_AGENTS = f"{AGENTS}bulk-actions/"


def act(caller: Any, action: str, *, path: str = BULK_CALLBACKS, **body: Any) -> dict[str, Any]:
    """What is answered to a bulk action that is understood."""
    if "ids" in body:
        body["ids"] = [str(getattr(one, "pk", one)) for one in body["ids"]]
    answer = caller.post(path, {"action": action, **body}, format="json")
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def outcomes(data: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """Id, result and code of each."""
    return [(one["id"], one["result"], one.get("code")) for one in data["results"]]


def counts(data: dict[str, Any]) -> tuple[int, int, int, int]:
    """Matched, succeeded, unchanged and failed."""
    return data["matched"], data["succeeded"], data["unchanged"], data["failed"]


def booked(agent: AIAgent, at: datetime, status: str = "scheduled", **fields: Any) -> Callback:
    """A callback for a customer of his own, who knows that he is called then."""
    customer = fields.pop("customer", None) or CustomerFactory(agent=agent, next_followup=at)
    return CallbackFactory(customer=customer, scheduled_datetime=at, status=status, **fields)


def everything() -> Any:
    """All that a refusal and a dry run leave as it is."""
    tables = [AIAgent, Customer, Callback, OutboxEvent]
    return [list(table.unscoped.order_by("pk").values()) for table in tables]
