"""Contacts of archives: those who have numbers in them, and those who have names only."""

from collections.abc import Sequence

from django.db import transaction

from core.phones import PhoneInvalid, e164
from messaging.archives import Entry
from messaging.models import Contact
from messaging.services.contacts import LONGEST_NAME, contacts_of, record_new
from messaging.services.intake import message_id_of


@transaction.atomic
def correspondents(entries: Sequence[Entry]) -> dict[str | None, Contact]:
    """The contact of each correspondent that the entries name; who is not known yet is new."""
    names = {entry.correspondent for entry in entries if entry.correspondent}
    numbers = {name: _wa_id(name) for name in names}
    numbered = contacts_of({number: "" for number in numbers.values() if number})
    found: dict[str | None, Contact] = {name: numbered[number] for name, number in numbers.items() if number}
    return found | _named(sorted(name for name, number in numbers.items() if not number))


def _named(names: Sequence[str]) -> dict[str | None, Contact]:
    """Of an archive without numbers a name is all there is: the same name is the same contact."""
    ids = {message_id_of(f"import contact {name}"): name for name in names}
    known = set(Contact.objects.filter(pk__in=ids).values_list("pk", flat=True))
    new = [Contact(pk=pk, name=name[:LONGEST_NAME]) for pk, name in ids.items() if pk not in known]
    Contact.objects.bulk_create(new)
    record_new(new)
    return {ids[contact.pk]: contact for contact in Contact.objects.filter(pk__in=ids)}


def _wa_id(name: str) -> str | None:
    """WhatsApp's id of somebody who is called by his number."""
    try:
        return e164(name).removeprefix("+")
    except PhoneInvalid:
        return None
