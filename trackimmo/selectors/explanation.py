"""Why a draw comes out as it does: the very statement that assigns, shown instead of carried out."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from core.tenancy import current_organization_id
from trackimmo.errors import ClientNotFound
from trackimmo.models import City, Client
from trackimmo.selectors.classification import COUNTS, EXAMPLES, REASONS
from trackimmo.selectors.eligibility import PICKED, AgeWindow, age_window

EXAMPLE_COUNT: Final = 20
# What JavaScript, too, reads from JSON without rounding.
SEED_BITS: Final = 53
SALE: Final = "sale.id, sale.address_raw, city.name, sale.property_type, sale.sale_date, sale.price"
PICKS: Final = f"""
    SELECT {SALE}, picked.weight
    FROM ({PICKED}) AS picked
    JOIN trackimmo_property AS sale ON sale.id = picked.id
    JOIN trackimmo_city AS city ON city.id = sale.city_id
    ORDER BY picked.draw_key
"""  # noqa: S608 -- constants only
LEFT_OUT: Final = f"""
    SELECT {SALE}, example.reason
    FROM ({EXAMPLES}) AS example
    JOIN trackimmo_property AS sale ON sale.id = example.id
    JOIN trackimmo_city AS city ON city.id = sale.city_id
    ORDER BY example.reason, example.number
"""  # noqa: S608 -- constants only


class Sale(NamedTuple):
    """A sale as it is shown."""

    address_id: UUID
    address_raw: str
    city_name: str
    property_type: str
    sale_date: date
    price: int


@dataclass(frozen=True, slots=True)
class Pick:
    """A sale that the draw takes: the `draw_order`-th, and the `rank`-th oldest of all that are eligible."""

    sale: Sale
    draw_order: int
    rank: int
    weight: int
    share: float


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sale that cannot be drawn, and the first reason why."""

    sale: Sale
    reason: str


@dataclass(frozen=True, slots=True)
class CityFigures:
    """How many of a chosen city's sales are eligible."""

    city: City
    eligible: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a draw would do, and why. `total_weight` is that of all eligible sales, of which each pick has its share."""

    client: Client
    day: date
    window: AgeWindow
    requested_count: int
    seed: int
    eligible_count: int
    total_weight: int
    cities: Sequence[CityFigures]
    left_out: Mapping[str, int]
    left_out_examples: Sequence[LeftOut]
    picks: Sequence[Pick]

    @property
    def short_by(self) -> int:
        """How many more were asked for than are eligible."""
        return max(0, self.requested_count - self.eligible_count)


@contextmanager
def _one_moment() -> Iterator[None]:
    """Let all statements see the rows as they are now. Within a transaction each sees what that transaction lets it."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@_one_moment()
def explain_draw(client_id: UUID, *, today: date, count: int | None = None, seed: int | None = None) -> Explanation:
    """What `assign_properties` would give this client of the organization now, with the same arguments.

    `count` is the client's own unless told, `seed` is made unless told. Every sale of the chosen cities is counted
    once: as eligible, or under the first of REASONS that holds; all figures are of one moment. Raises ClientNotFound.
    """
    client = Client.objects.prefetch_related("chosen_cities").filter(pk=client_id).first()
    if client is None:
        raise ClientNotFound(client_id)
    window = age_window(today=today)
    requested_count = client.addresses_per_report if count is None else count
    seed = secrets.randbits(SEED_BITS) if seed is None else seed
    parameters = {
        "organization_id": current_organization_id(),
        "client_id": client_id,
        "earliest": window.earliest,
        "latest": window.latest,
        "count": requested_count,
        "seed": seed,
        "examples": EXAMPLE_COUNT,
    }
    eligible, left_out = _counts(parameters)
    eligible_count = sum(eligible.values())
    total_weight = eligible_count * (eligible_count + 1) // 2
    return Explanation(
        client=client,
        day=today,
        window=window,
        requested_count=requested_count,
        seed=seed,
        eligible_count=eligible_count,
        total_weight=total_weight,
        cities=[CityFigures(city, eligible.get(city.pk, 0)) for city in client.chosen_cities.all()],
        left_out=left_out,
        left_out_examples=[LeftOut(Sale(*sale), reason) for *sale, reason in _rows(LEFT_OUT, parameters)],
        picks=[
            Pick(Sale(*sale), draw_order, eligible_count - weight + 1, weight, weight / total_weight)
            for draw_order, (*sale, weight) in enumerate(_rows(PICKS, parameters), start=1)
        ],
    )


def _counts(parameters: Mapping[str, Any]) -> tuple[dict[UUID, int], dict[str, int]]:
    """How many sales are eligible in each city, and how many are left out for each reason."""
    eligible: dict[UUID, int] = {}
    left_out = dict.fromkeys(REASONS, 0)
    for city_id, reason, number in _rows(COUNTS, parameters):
        if reason is None:
            eligible[city_id] = number
        else:
            left_out[reason] += number
    return eligible, left_out


def _rows(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
