"""Whose a webhook's changes are: the numbers and accounts that organizations registered."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.db import connection
from django.db.models import Q

from messaging.models import WhatsAppNumber
from messaging.whatsapp.payloads import Change


@dataclass(frozen=True, slots=True)
class Routes:
    """Registered numbers, by what Meta calls them, and who has numbers of an account."""

    numbers: Mapping[str, WhatsAppNumber]
    accounts: Mapping[str, Collection[UUID]]

    def owners(self, change: Change) -> Collection[UUID]:
        """The organizations that a change is for: the number's, or all that have a number of the account."""
        if change.phone_number_id:
            number = self.numbers.get(change.phone_number_id)
            return [owner_of(number)] if number else []
        return self.accounts.get(change.account_id, ())


def owner_of(number: WhatsAppNumber) -> UUID:
    """The organization that registered it."""
    return cast(UUID, number.organization_id)


def routes_of(changes: Sequence[Change]) -> Routes:
    """How these changes go; across organizations, since nobody is known yet."""
    numbers = WhatsAppNumber.unscoped.filter(
        Q(phone_number_id__in={change.phone_number_id for change in changes} - {""})
        | Q(business_account_id__in={change.account_id for change in changes})
    )
    by_number: dict[str, WhatsAppNumber] = {}
    by_account: dict[str, set[UUID]] = {}
    for number in numbers:
        by_number[number.phone_number_id] = number
        by_account.setdefault(number.business_account_id, set()).add(owner_of(number))
    return Routes(by_number, by_account)


def hold_registration(names: Iterable[str]) -> None:
    """Wait for whoever registers numbers with these ids or accounts right now, and keep others from it meanwhile.

    A change that nobody had registered for, and a registration, cannot pass each other unseen.
    """
    with connection.cursor() as cursor:
        for name in sorted(set(names)):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"messaging.registration {name}"])


def names_of(changes: Sequence[Change]) -> Iterator[str]:
    """What these changes would be registered under."""
    for change in changes:
        yield change.phone_number_id or change.account_id
