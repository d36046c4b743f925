"""What Meta tells about accounts and numbers: kept once, and the operators are told of what stops messages."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.mail import links, rendering
from core.mail.written import Mail
from core.scope import current_organization_id
from messaging.models import AccountEvent
from messaging.whatsapp.payloads import Change

ENGLISH: Final = "en"
KEEP: Final = """
INSERT INTO messaging_accountevent (organization_id, business_account_id, field, value, digest, received_at)
SELECT %(organization)s, account, field, value::jsonb, digest, statement_timestamp()
FROM unnest(%(accounts)s::text[], %(fields)s::text[], %(values)s::text[], %(digests)s::text[])
    AS told (account, field, value, digest)
ON CONFLICT (organization_id, digest) DO NOTHING RETURNING id
"""
# By the field of the change and what stands in its `event`: messages will fail, or are about to.
ALARMING: Final[Mapping[str, frozenset[str]]] = {
    "account_update": frozenset(
        {
            "ACCOUNT_DELETED",
            "ACCOUNT_RESTRICTION",
            "ACCOUNT_VIOLATION",
            "DISABLED_UPDATE",
            "PARTNER_REMOVED",
        }
    ),
    "message_template_status_update": frozenset({"DISABLED", "FLAGGED", "PAUSED", "REJECTED"}),
    "phone_number_quality_update": frozenset({"DOWNGRADE", "FLAGGED"}),
    "account_review_update": frozenset({"REJECTED"}),
}


def take_account_events(changes: Sequence[Change]) -> None:
    """Keep those that are new, and queue a mail about each that is alarming. Call it in a transaction."""
    ordered = sorted({change.digest: change for change in changes}.values(), key=lambda change: change.digest)
    if not ordered:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP,
            {
                "organization": current_organization_id(),
                "accounts": [change.account_id for change in ordered],
                "fields": [change.field for change in ordered],
                "values": [json.dumps(change.told["value"]) for change in ordered],
                "digests": [change.digest for change in ordered],
            },
        )
        new = [row[0] for row in cursor.fetchall()]
    for event in AccountEvent.objects.filter(pk__in=new).order_by("pk"):
        if is_alarming(event.field, event.value):
            account_mail(event).queue()


def is_alarming(field: str, value: Mapping[str, object]) -> bool:
    """Whether messages fail because of it, or are about to."""
    return value.get("event", value.get("decision")) in ALARMING.get(field, ())


def account_mail(event: AccountEvent) -> Mail:
    """What Meta did to the account, and where all of it can be read."""
    what = str(event.value.get("event", event.value.get("decision"))).replace("_", " ").lower()
    subject = f"WhatsApp account {event.business_account_id}: {what}"
    context = {
        "recipient": settings.CTO_EMAIL,
        "account": event.business_account_id,
        "field": event.field,
        "what": what,
        "details": [(name, _as_text(value)) for name, value in sorted(event.value.items())],
        "found_at": timezone.now(),
        "url": links.absolute_url("admin:messaging_accountevent_change", event.pk),
    }
    body = rendering.render("messaging/mail/account", language=ENGLISH, subject=subject, context=context)
    return Mail(to=settings.CTO_EMAIL, subject=subject, html=body.html, text=body.text, kind="cto_whatsapp_account")


def _as_text(value: object) -> str | None:
    """A value as a reader takes it: what has parts, as Meta writes it."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
