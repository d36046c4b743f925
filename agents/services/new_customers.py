"""How customers come to be: somebody writes one down, or somebody new is called, or calls."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from psycopg.errors import UniqueViolation

from agents.errors import CustomerExists, CustomerNotFound
from agents.models import AIAgent, Customer
from agents.selectors.seen import agent_meant_by
from agents.services.facts import CUSTOMER, changes_between, customer_shown
from agents.services.locking import agent_locked, customer_locked_with_agent
from agents.services.telling import tell
from audit import services as audit
from core.actor import Actor
from core.jsontypes import JSON

SAID: Final = frozenset(
    {
        *("agent_id", "phone_number", "name", "email", "interest_level", "call_preference_time"),
        *("communication_style", "preferences", "notes", "do_not_call"),
    }
)


def customer_meant_by(
    by: Actor, *, agent_id: UUID | None, customer_id: UUID | None, phone: str = "", name: str = ""
) -> Customer:
    """The customer with the id, or with the E.164 number, who may be new; locked, after his agent, who comes along.

    One who is new gets the name.

    Raises CustomerNotFound, naming the id, also where he is another AI agent's than the one that is told; and
    AgentNotFound, AgentRequired.
    """
    if customer_id is None:
        agent = agent_locked(agent_meant_by(by, agent_id).pk, by=by)
        return _with_phone(agent, phone, name=name)
    try:
        customer = customer_locked_with_agent(customer_id, by=by)
    except CustomerNotFound as error:
        raise _not_found() from error
    if agent_id not in {None, customer.agent_id}:
        raise _not_found()
    return customer


def _with_phone(agent: AIAgent, phone: str, *, name: str) -> Customer:
    """Whoever adds a customer holds its agent, and so nobody else makes the same one."""
    known = Customer.objects.select_for_update(no_key=True).filter(agent=agent, phone_number=phone).first()
    if known is None:
        return added(Customer(agent=agent, phone_number=phone, name=name))
    known.agent = agent
    return known


def added(customer: Customer) -> Customer:
    """Insert, record and announce a customer of an agent that is locked. Raises CustomerExists."""
    write(customer, is_new=True)
    audit.record(action="create", resource_type=CUSTOMER, resource_id=customer.pk, changes=said_of(customer, before={}))
    tell("customer.created", customer.agent, customer_shown(customer))
    return customer


def said_of(customer: Customer, *, before: Mapping[str, JSON]) -> dict[str, tuple[JSON, JSON]]:
    """What the audit log is told: what somebody said of the customer that is new, and not what follows from it."""
    changes = changes_between(before, customer_shown(customer))
    return {name: both for name, both in changes.items() if name in SAID}


def write(customer: Customer, *, is_new: bool = False, columns: list[str] | None = None) -> None:
    """Save it. Raises CustomerExists if the agent has another one with its phone number."""
    try:
        with transaction.atomic():
            customer.save(force_insert=is_new, update_fields=columns)
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise CustomerExists(customer.phone_number) from error
        raise


def _not_found() -> CustomerNotFound:
    return CustomerNotFound(fields={"customer_id": [CustomerNotFound.default_message]})
