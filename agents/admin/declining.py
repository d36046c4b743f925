"""Noting of several customers that they are not to be called, one after the other."""

from typing import Final
from uuid import UUID

from agents.errors import TooManyMatches
from agents.models import Customer
from agents.services.bulk import BulkResult, Choice, Result
from agents.services.bulk.results import failed, unchanged
from agents.services.customers import update_customer
from core.actor import Actor
from core.errors import SwitchboardError

# Each is a transaction of its own, and a person waits for all.
MOST_AT_ONCE: Final = 500


def each_declines(choice: Choice, *, by: Actor) -> BulkResult:
    """Set it for each, which calls off what was planned for him. Raises TooManyMatches for more than 500."""
    ids = choice.ids or ()
    if len(ids) > MOST_AT_ONCE:
        raise TooManyMatches(len(ids), MOST_AT_ONCE)
    known = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "do_not_call"))
    results = [unchanged(pk) if known.get(pk) else _declines(pk, by=by) for pk in ids]
    return BulkResult("do_not_call", dry_run=False, results=results)


def _declines(customer_id: UUID, *, by: Actor) -> Result:
    try:
        update_customer(customer_id=customer_id, by=by, do_not_call=True)
    except SwitchboardError as error:
        return failed(customer_id, error)
    return Result(customer_id)
