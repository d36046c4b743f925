"""`manage.py explain_client`."""

from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from trackimmo.errors import ClientNotFound
from trackimmo.management.organizations import add_organization_argument, scope_of_organization
from trackimmo.selectors.eligibility import today_in_paris
from trackimmo.selectors.explanation import Explanation, explain_draw


class Command(BaseCommand):
    """The dry run of the API, for a terminal."""

    help = "Tell what a client would be given now, why, and why nothing else; nothing is assigned."

    def add_arguments(self, parser: CommandParser) -> None:
        """The client and the draw."""
        parser.add_argument("client_id", metavar="ID", type=UUID)
        parser.add_argument("--count", type=_integer(1, 500), metavar="N", help="as many as in a report unless told")
        parser.add_argument("--seed", type=_integer(-(2**63), 2**63 - 1), metavar="N", help="repeats a draw")
        add_organization_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """Print it. Raises CommandError if there is no such client."""
        with scope_of_organization(options["organization"]):
            try:
                explanation = explain_draw(
                    options["client_id"], today=today_in_paris(), count=options["count"], seed=options["seed"]
                )
            except ClientNotFound as error:
                raise CommandError(error.message) from error
        # Addresses are printed as they are.
        console = Console(markup=False, highlight=False)
        console.print(_summary(explanation))
        console.print(_picks(explanation))
        console.print(_left_out(explanation))


def _integer(smallest: int, largest: int) -> Callable[[str], int]:
    """An argument's type."""

    def integer(value: str) -> int:
        if not smallest <= int(value) <= largest:
            raise ArgumentTypeError(f"must be from {smallest} to {largest}")
        return int(value)

    return integer


def _summary(explanation: Explanation) -> str:
    window = explanation.window
    client = explanation.client
    return (
        f"{client.full_name} ({client.status}): {explanation.eligible_count:,} sales are eligible,"
        f" sold from {window.earliest} to {window.latest}; {explanation.requested_count} asked for,"
        f" short by {explanation.short_by}. Seed {explanation.seed}."
    )


def _picks(explanation: Explanation) -> Table:
    table = Table(title="Picks")
    for name in ("#", "Address", "City", "Sold", "Type", "Price", "Rank", "Weight", "Share"):
        # Words give way where there is too little room; half a date or a number says nothing.
        table.add_column(name, no_wrap=name not in {"Address", "City"})
    for pick in explanation.picks:
        sale = pick.sale
        table.add_row(
            str(pick.draw_order),
            sale.address_raw,
            sale.city_name,
            str(sale.sale_date),
            sale.property_type,
            f"{sale.price:,} €",
            f"{pick.rank:,}",
            f"{pick.weight:,}",
            f"{pick.share:.3%}",
        )
    return table


def _left_out(explanation: Explanation) -> Table:
    table = Table("Reason", "Sales", "For example", title="Left out")
    examples = {one.reason: one.sale for one in explanation.left_out_examples}
    for reason, number in explanation.left_out.items():
        sale = examples.get(reason)
        table.add_row(reason.replace("_", " "), f"{number:,}", f"{sale.address_raw}, {sale.sale_date}" if sale else "")
    return table
