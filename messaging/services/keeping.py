"""Contacts that people write down and change."""

from collections.abc import Mapping
from typing import Final, TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from psycopg.errors import UniqueViolation

from audit import services as audit
from core.jsontypes import JSON
from core.phones import e164
from messaging.errors import ContactExists, ContactNotFound, NumberFixed
from messaging.models import Contact
from messaging.services.contacts import CONTACT, record_new
from messaging.services.facts import contact_shown

SAID: Final = ("wa_id", "name", "opted_out_at")


class ContactFields(TypedDict, total=False):
    """What is said of a contact; `wa_id` is a number in digits."""

    wa_id: str
    name: str
    opted_out: bool


def wa_id_of(number: str) -> str:
    """A phone number however it is written, also in digits alone as WhatsApp does, as WhatsApp names whoever has it.

    Raises PhoneInvalid.
    """
    is_bare = number.isdecimal() and not number.startswith("0")
    return e164(f"+{number}" if is_bare else number, field="wa_id").removeprefix("+")


@transaction.atomic
def create_contact(**fields: Unpack[ContactFields]) -> Contact:
    """Write a contact down. Raises ContactExists."""
    contact = Contact()
    _take_over(contact, fields)
    _write(contact, is_new=True)
    record_new([contact])
    return contact


@transaction.atomic
def update_contact(*, contact_id: UUID, **fields: Unpack[ContactFields]) -> Contact:
    """Change what is given. Raises ContactNotFound, ContactExists, and NumberFixed for one who has another number."""
    contact = Contact.objects.select_for_update(no_key=True).filter(pk=contact_id).first()
    if contact is None:
        raise ContactNotFound
    if contact.wa_id and fields.get("wa_id", contact.wa_id) != contact.wa_id:
        raise NumberFixed
    before = contact_shown(contact)
    _take_over(contact, fields)
    changes = _changes(before, contact_shown(contact))
    if changes:
        _write(contact, columns=list(changes))
        audit.record(action="update", resource_type=CONTACT, resource_id=contact.pk, changes=changes)
    return contact


def _take_over(contact: Contact, fields: ContactFields) -> None:
    contact.wa_id = fields.get("wa_id", contact.wa_id)
    contact.name = fields.get("name", contact.name)
    is_out = contact.opted_out_at is not None
    if fields.get("opted_out", is_out) != is_out:
        contact.opted_out_at = None if is_out else timezone.now()


def _changes(before: Mapping[str, JSON], after: Mapping[str, JSON]) -> dict[str, tuple[JSON, JSON]]:
    return {name: (before[name], after[name]) for name in SAID if before[name] != after[name]}


def _write(contact: Contact, *, is_new: bool = False, columns: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            contact.save(force_insert=is_new, update_fields=columns)
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise ContactExists from error
        raise
