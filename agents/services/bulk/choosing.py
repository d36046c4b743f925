"""Which objects a bulk action is for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from agents.errors import TooManyMatches
from agents.services.bulk.results import Result, failed
from core.errors import NotFound
from core.lookups import among

MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Choice:
    """Those with these ids, or those that the filters of lists match; one of both is said."""

    ids: Sequence[UUID] | None = None
    filters: Mapping[str, Any] | None = None


def found(matching: QuerySet[Any], *columns: str) -> list[Any]:
    """These columns of all that match. Raises TooManyMatches if they are more than one request may touch."""
    rows = list(matching.order_by().values_list(*columns)[: MOST + 1])
    if len(rows) > MOST:
        raise TooManyMatches(matching.order_by().count(), MOST)
    return rows


def still_chosen(choice: Choice, matching: QuerySet[Any], ids: Collection[UUID]) -> Collection[UUID]:
    """Those of them that filters match now that they are held: while they were waited for, others changed them.

    Asked by itself, for the planner knows how few the ids are, and not how few of what was written just now match.
    """
    if choice.filters is None:
        return ids
    return set(matching.filter(among("pk", ids)).order_by().values_list("pk", flat=True))


def in_order(choice: Choice, results: Iterable[Result], missing: type[NotFound]) -> list[Result]:
    """As the ids were given, with a failure for each that nobody sees; without ids as they come."""
    if choice.ids is None:
        return list(results)
    by_id = {result.id: result for result in results}
    return [by_id.get(pk) or failed(pk, missing()) for pk in dict.fromkeys(choice.ids)]
