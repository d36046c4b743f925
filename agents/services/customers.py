"""Writing customers down, changing what is known of them, and forgetting them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypedDict, Unpack, cast
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now

from agents.errors import AgentFixed, CallInProgress
from agents.models import Call, CallPreference, CallStatus, Customer
from agents.selectors.seen import agent_meant_by
from agents.services.counters import count_conversions, recount, take_interest
from agents.services.declining import cancel_waiting
from agents.services.facts import CUSTOMER, changes_between, customer_shown
from agents.services.locking import agent_locked, customer_locked_with_agent
from agents.services.merging import merged_field
from agents.services.new_customers import added, said_of, write
from agents.services.telling import tell
from audit import services as audit
from core.actor import Actor
from core.jsontypes import JSON

# What a replacement sets where it says nothing; how interested he is and whether he may be called stay.
DEFAULTS: Final[Mapping[str, JSON]] = {
    "name": "",
    "email": "",
    "call_preference_time": CallPreference.ANYTIME.value,
    "communication_style": "",
    "preferences": {},
    "notes": "",
}


class CustomerFields(TypedDict, total=False):
    """What is said of a customer; `phone_number` is E.164."""

    phone_number: str
    name: str
    email: str
    interest_level: str
    call_preference_time: str
    communication_style: str
    preferences: Mapping[str, JSON]
    notes: str
    do_not_call: bool


class CustomerChanges(CustomerFields, total=False):
    """What is said of a customer who is known. `agent_id` may be told again."""

    agent_id: UUID


@dataclass(frozen=True, slots=True)
class DeletedCustomer:
    """A customer as he was, and how much went with him."""

    customer: Customer
    calls: int
    callbacks: int


@transaction.atomic
def create_customer(*, by: Actor, agent_id: UUID | None = None, **fields: Unpack[CustomerFields]) -> Customer:
    """Write a customer of an AI agent down. Raises AgentNotFound, AgentRequired, CustomerExists."""
    agent = agent_locked(agent_meant_by(by, agent_id).pk, by=by)
    customer = Customer(agent=agent)
    more = _take_over(customer, fields)
    added(customer)
    count_conversions(agent, more)
    return customer


@transaction.atomic
def replace_customer(*, customer_id: UUID, by: Actor, **fields: Unpack[CustomerChanges]) -> Customer:
    """Set what is given, and the default where nothing is. Raises CustomerNotFound, AgentFixed, CustomerExists."""
    given = cast(CustomerChanges, {**DEFAULTS, **fields})
    return _change(customer_locked_with_agent(customer_id, by=by), given)


@transaction.atomic
def update_customer(*, customer_id: UUID, by: Actor, **fields: Unpack[CustomerChanges]) -> Customer:
    """Change what is given; preferences merge. Raises CustomerNotFound, AgentFixed, ObjectRefused, CustomerExists."""
    customer = customer_locked_with_agent(customer_id, by=by)
    if "preferences" in fields:
        fields["preferences"] = merged_field("preferences", customer.preferences, fields["preferences"])
    return _change(customer, fields)


@transaction.atomic
def delete_customer(*, customer_id: UUID, by: Actor) -> DeletedCustomer:
    """Delete a customer with his calls and his callbacks.

    Raises CustomerNotFound, and CallInProgress while somebody talks to him.
    """
    customer = customer_locked_with_agent(customer_id, by=by)
    if Call.objects.filter(customer=customer, status=CallStatus.IN_PROGRESS).exists():
        raise CallInProgress
    _, deleted = Customer.objects.filter(pk=customer.pk).delete()
    calls, callbacks = deleted.get("agents.Call", 0), deleted.get("agents.Callback", 0)
    recount(customer.agent)
    shown = customer_shown(customer)
    gone = {**changes_between(shown, {}), "calls": (calls, 0), "callbacks": (callbacks, 0)}
    audit.record(action="delete", resource_type=CUSTOMER, resource_id=customer.pk, changes=gone)
    tell("customer.deleted", customer.agent, shown)
    return DeletedCustomer(customer, calls, callbacks)


def _change(customer: Customer, fields: CustomerChanges) -> Customer:
    if fields.get("agent_id", customer.agent_id) != customer.agent_id:
        raise AgentFixed
    before = customer_shown(customer)
    more = _take_over(customer, fields)
    changes = said_of(customer, before=before)
    if not changes:
        return customer
    write(customer, columns=[*changes, "converted_at", "updated_at"])
    if "do_not_call" in changes and customer.do_not_call:
        cancel_waiting(customer)
    count_conversions(customer.agent, more)
    audit.record(action="update", resource_type=CUSTOMER, resource_id=customer.pk, changes=changes)
    tell("customer.updated", customer.agent, customer_shown(customer))
    return customer


def _take_over(customer: Customer, fields: CustomerFields | CustomerChanges) -> int:
    """Set what is given. Returns by how many converts there are more."""
    for name, value in fields.items():
        if name != "interest_level":
            setattr(customer, name, value)
    return take_interest(customer, fields["interest_level"], at=now()) if "interest_level" in fields else 0
