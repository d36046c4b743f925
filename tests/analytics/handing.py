"""Events as a relay hands them over."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from core import outbox


def handed(
    made: Iterable[tuple[datetime, int | Decimal]],
    *,
    organization_id: UUID,
    metric: str = "messages_sent",
    by_client: bool = False,
) -> list[outbox.Event]:
    """An event for each (moment, value)."""
    return [
        outbox.Event(
            uuid4(),
            "analytics.event",
            organization_id,
            {
                "metric": metric,
                "value": value if isinstance(value, int) else str(value),
                "at": at.isoformat(),
                "dimensions": {},
                **({"by_client": True} if by_client else {}),
            },
            "",
            datetime.now(UTC),
            0,
        )
        for at, value in made
    ]
