"""Contacts."""

from uuid import UUID

from django.db.models import F, Q, QuerySet

from core.folding import contains
from core.phones import phone_fragment
from messaging.errors import ContactNotFound
from messaging.models import Contact
from messaging.selectors.pages import Page, newest_first


def contact(contact_id: UUID) -> Contact:
    """The one with this id. Raises ContactNotFound."""
    found = Contact.objects.filter(pk=contact_id).first()
    if found is None:
        raise ContactNotFound
    return found


def contacts(
    *, limit: int, cursor: str | None = None, q: str | None = None, opted_out: bool | None = None
) -> Page[Contact]:
    """Those that are asked for, the newest first. Raises NotACursor."""
    rows = Contact.objects.all()
    if q is not None:
        rows = matching(rows, q)
    if opted_out is not None:
        rows = rows.filter(opted_out_at__isnull=not opted_out)
    return newest_first(rows, "created_at", limit=limit, cursor=cursor)


def matching(rows: QuerySet[Contact], text: str) -> QuerySet[Contact]:
    """Whose name or WhatsApp id has the text in it, whatever the case and the accents of either.

    A number is found however it is written.
    """
    found = Q(contains(F("search_text"), text))
    digits = (phone_fragment(text) or "").removeprefix("+")
    return rows.filter(found if digits in {"", text} else found | Q(search_text__contains=digits))
