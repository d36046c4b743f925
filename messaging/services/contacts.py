"""Contacts: whoever writes becomes one."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID, uuid4, uuid5

from django.db import connection, transaction

from analytics import services as analytics
from audit import services as audit
from core.scope import current_organization_id
from messaging.models import Contact

CONTACT: Final = "contact"
METRIC: Final = "contacts_created"
LONGEST_NAME: Final = 255
WRITE: Final = """
INSERT INTO messaging_contact AS contact (id, organization_id, wa_id, name, created_at)
SELECT id, %(organization)s, wa_id, name, statement_timestamp()
FROM unnest(%(ids)s::uuid[], %(wa_ids)s::text[], %(names)s::text[]) AS told (id, wa_id, name)
ORDER BY wa_id
ON CONFLICT (organization_id, wa_id) DO UPDATE
SET name = CASE WHEN contact.name = '' THEN excluded.name ELSE contact.name END
RETURNING id
"""


@transaction.atomic(savepoint=False)
def contacts_of(names: Mapping[str, str]) -> dict[str, Contact]:
    """The contacts with these WhatsApp ids, in digits, each with the name that he gives himself or "".

    They are locked until the transaction ends; those that were not known are new, and one without a name gets his.
    """
    known = {contact.wa_id: contact for contact in _locked(names)}
    told = {
        wa_id: names[wa_id].strip()[:LONGEST_NAME]
        for wa_id in sorted(names)
        if wa_id not in known or (not known[wa_id].name and names[wa_id].strip())
    }
    if told:
        ids = {wa_id: uuid4() for wa_id in told}
        new = _written(told, ids)
        named = {known[wa_id].pk: name for wa_id, name in told.items() if wa_id in known}
        known = {contact.wa_id: contact for contact in _locked(names)}
        record_new([contact for contact in known.values() if contact.pk in new])
        audit.record_many(
            action="update",
            resource_type=CONTACT,
            resource_ids=named,
            changes={contact_id: {"name": ("", name)} for contact_id, name in named.items()},
        )
    return {wa_id: known[wa_id] for wa_id in names}


def record_new(contacts: Sequence[Contact]) -> None:
    """Audit new contacts and count them, in the transaction that made them."""
    audit.record_many(
        action="create",
        resource_type=CONTACT,
        resource_ids=[contact.pk for contact in contacts],
        changes={contact.pk: {"wa_id": (None, contact.wa_id), "name": (None, contact.name)} for contact in contacts},
    )
    analytics.record_many(
        METRIC,
        moments=[contact.created_at for contact in contacts],
        event_ids=[uuid5(contact.pk, METRIC) for contact in contacts],
    )


def _locked(wa_ids: Mapping[str, str]) -> list[Contact]:
    return list(Contact.objects.select_for_update(no_key=True).filter(wa_id__in=list(wa_ids)).order_by("wa_id"))


def _written(names: Mapping[str, str], ids: Mapping[str, UUID]) -> set[UUID]:
    """Returns the ids of those that are new: whom somebody else made at the same moment has another."""
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "organization": current_organization_id(),
                "ids": list(ids.values()),
                "wa_ids": list(names),
                "names": list(names.values()),
            },
        )
        return {row[0] for row in cursor.fetchall()} & set(ids.values())
