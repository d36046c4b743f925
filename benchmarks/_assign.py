"""The measurements of `bench_assign`, run by it on an empty, migrated database.

The bare read is what any program must do first that draws in its own memory: run the indexed query, and take its rows.
"""

import heapq
import os
import random
from collections.abc import Sequence
from statistics import median
from typing import Any, Final
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import psycopg  # noqa: E402
from django.db import OperationalError, connection, transaction  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Column, Table  # noqa: E402

from benchmarks._assign_data import BIG_CITY_CLIENT, ORGANIZATION, SAME_CITIES, TODAY, fill  # noqa: E402
from benchmarks._stopwatch import Stopwatch  # noqa: E402
from core import tenancy  # noqa: E402
from trackimmo.models import Assignment, Client, Property  # noqa: E402
from trackimmo.selectors.eligibility import CANDIDATES, age_window  # noqa: E402
from trackimmo.services.assignment import ASSIGN, assign_properties  # noqa: E402

COUNT: Final = 10
READ: Final = f"SELECT property.id, property.address_key, property.sale_date, property.price {CANDIDATES}"
WINDOW: Final = age_window(today=TODAY)
BIG_CITY_ROUNDS: Final = 5

Row = tuple[Any, ...]


def parameters(client: UUID) -> dict[str, Any]:
    """What both statements take."""
    return {
        "organization_id": ORGANIZATION,
        "client_id": client,
        "job_id": None,
        "status": "new",
        "earliest": WINDOW.earliest,
        "latest": WINDOW.latest,
        "count": COUNT,
        "seed": random.getrandbits(63),
    }


def fetch(statement: str, values: dict[str, Any]) -> list[Row]:
    """Run a statement as the services do, and take all that it returns."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def on_the_server(statement: str, values: dict[str, Any]) -> float:
    """The server's own time in milliseconds: neither parsed, planned nor delivered."""
    [[plan]] = fetch(f"EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF, FORMAT JSON) {statement}", values)
    return float(plan[0]["Execution Time"])


def five_cities(watch: Stopwatch, clients: Sequence[UUID]) -> float:
    """Each client once, both statements in alternating order, so that neither always finds what the other warmed."""
    sizes = []
    for number, client in enumerate(clients):
        values = parameters(client)
        with transaction.atomic():
            if number % 2:
                watch.time("assign", fetch, ASSIGN, values)
            sizes.append(len(watch.time("read", fetch, READ, values)))
            if not number % 2:
                watch.time("assign", fetch, ASSIGN, values)
        with transaction.atomic():
            watch.times["server: read"].append(on_the_server(READ, values))
            watch.times["server: assign"].append(on_the_server(ASSIGN, values))
            transaction.set_rollback(True)
    return median(sizes)


def draw_in_python(sales: Sequence[Row], client: UUID) -> None:
    """What the statement does, here, with (id, address, date, price) of every eligible sale."""
    given = set(Assignment.objects.filter(client=client).values_list("address_key", flat=True))
    best: dict[UUID, Row] = {}
    for pk, address, sold_on, price in sales:
        rank = (sold_on, price, pk)
        if address not in given and (address not in best or rank > best[address]):
            best[address] = rank
    newest_first = sorted(((rank, address) for address, rank in best.items()), reverse=True)
    keyed = ((random.expovariate(weight), *sale) for weight, sale in enumerate(newest_first, start=1))
    Assignment.objects.bulk_create(
        Assignment(client_id=client, property_id=rank[2], address_key=address)
        for _, rank, address in heapq.nsmallest(COUNT, keyed)
    )


def big_city(watch: Stopwatch) -> int:
    """One client whose only city has 100,000 eligible sales: here and through the ORM, with objects and with tuples."""
    client = Client.objects.get(pk=BIG_CITY_CLIENT)
    eligible = Property.objects.filter(
        city__clients=client,
        property_type__in=client.property_type_preferences,
        sale_date__range=(WINDOW.earliest, WINDOW.latest),
    )

    def with_objects() -> None:
        sales = [(sale.pk, sale.address_key, sale.sale_date, sale.price) for sale in eligible.all()]
        draw_in_python(sales, client.pk)

    def with_tuples() -> None:
        draw_in_python(list(eligible.values_list("pk", "address_key", "sale_date", "price")), client.pk)

    for _ in range(BIG_CITY_ROUNDS):
        watch.time("big: assign", assign_properties, client=client, count=COUNT, today=TODAY)
        watch.time("big: objects", with_objects)
        watch.time("big: tuples", with_tuples)
    return eligible.count()


def side_by_side(watch: Stopwatch, clients: Sequence[UUID]) -> int:
    """A client alone, and beside the open transaction of one with the same cities. Returns how often it had to wait.

    The session gives up on any lock after a millisecond, so a wait cannot hide in the times.
    """
    waits = 0
    fetch("SELECT set_config('lock_timeout', '1ms', false)", {})
    with psycopg.connect(os.environ["DATABASE_URL"], cursor_factory=psycopg.ClientCursor) as neighbour:
        for first, second in zip(clients[:SAME_CITIES], clients[SAME_CITIES:], strict=False):
            client = Client.objects.get(pk=second)
            for name in ("alone", "beside"):
                if name == "beside":
                    neighbour.execute(ASSIGN, parameters(first))
                try:
                    with transaction.atomic():
                        watch.time(name, assign_properties, client=client, count=COUNT, today=TODAY)
                        transaction.set_rollback(True)
                except OperationalError:
                    waits += 1
            neighbour.rollback()
    return waits


def main() -> None:
    """Fill, measure, print."""
    console = Console()
    console.print("Filling 1,000,000 properties in 1,000 cities, and 100,000 in another one …")
    clients = fill()
    watch = Stopwatch()
    with tenancy.scope(ORGANIZATION):
        eligible = five_cities(watch, clients)
        eligible_in_big_city = big_city(watch)
        waits = side_by_side(watch, clients)
    table = Table("what", *(Column(name, justify="right") for name in ("median ms", "ratio", "wanted")))

    def row(what: str, name: str, base: str, wanted: str = "") -> None:
        table.add_row(what, f"{watch[name]:.2f}", f"{watch[name] / watch[base]:.2f}", wanted)

    table.add_row(f"[bold]{len(clients):,} clients of five cities, {eligible:,.0f} eligible sales each")
    row("bare indexed read of the eligible rows, delivered", "read", "read")
    row("assignment statement", "assign", "read", "<= 1.5")
    row("the read on the server alone, no row delivered", "server: read", "read")
    row("the statement on the server alone", "server: assign", "read")
    table.add_section()
    table.add_row(f"[bold]one city of {eligible_in_big_city:,} eligible sales")
    row("assign_properties", "big: assign", "big: assign")
    row("ORM objects, drawn in Python", "big: objects", "big: assign", ">= 5")
    row("ORM tuples, drawn in Python", "big: tuples", "big: assign", ">= 5")
    table.add_section()
    table.add_row(f"[bold]two clients of the same cities, {SAME_CITIES} pairs")
    row("assign_properties alone", "alone", "alone")
    row("beside the other's open transaction", "beside", "alone", "~ 1")
    table.add_row("had to wait for a lock (of 1 ms or more)", str(waits), "", "0")
    console.print(table)


if __name__ == "__main__":
    main()
