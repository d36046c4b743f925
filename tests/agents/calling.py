"""Taking down calls that have ended."""

from tests.agents.conftest import CALLS

YESTERDAY = "2024-03-01T10:00:00Z"


def record(caller, **body):
    """Take one down and return the answer."""
    return caller.post(CALLS, body, format="json")


def of(customer, **body) -> dict:
    """What a caller says of one with this customer."""
    return {"customer_id": str(customer.pk), **body}
