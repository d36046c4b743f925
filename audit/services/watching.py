"""Verifying each log bit by bit, again and again, and telling of what is wrong."""

from datetime import datetime
from typing import Final

import structlog
from django.conf import settings
from django.utils import timezone

from accounts import selectors as accounts
from audit.models import Chain
from audit.services.locking import locked_chain
from audit.services.verification import Verdict, verify
from core.mail import rendering
from core.mail.links import absolute_url
from core.mail.written import Mail

# A second or two of an hour: a million entries are gone through in a day.
AT_ONCE: Final = 50_000
ENGLISH: Final = "en"

logger = structlog.get_logger(__name__)


def watch() -> None:
    """Verify the next 50,000 entries of the scope's log, from its beginning when its end was reached.

    Tells the CTO by mail when an entry is found that is not as written, once for each such entry; a fault stands until
    the part in which it was found verifies again. A log whose row is gone is at fault, too: an empty row then remembers
    that it was told of. Raises what `verify` raises, and ChainIsLocked.
    """
    chain = Chain.objects.first()
    verdict = verify(from_seq=chain.watched_size + 1 if chain else None, limit=AT_ONCE)
    if chain or not verdict.verified:
        with locked_chain() as locked:
            _take_down(verdict, locked)


def _take_down(verdict: Verdict, chain: Chain) -> None:
    if not verdict.verified and not _is_told(verdict, chain):
        logger.error(
            "audit_log_changed",
            organization_id=str(verdict.organization_id),
            first_bad_seq=verdict.first_bad_seq,
            last_bad_seq=verdict.last_bad_seq,
            reason=verdict.reason,
        )
        _queue_mail(verdict)
    if verdict.verified:
        chain.watched_size = 0 if verdict.complete else verdict.checked_to
    chain.first_bad_seq = verdict.first_bad_seq
    chain.save(update_fields=["watched_size", "first_bad_seq"])


def _is_told(verdict: Verdict, chain: Chain) -> bool:
    """What is wrong beyond the end moves with it, as entries are written."""
    told, found = chain.first_bad_seq, verdict.first_bad_seq
    return told is not None and found is not None and (found == told or found > verdict.size)


def _queue_mail(verdict: Verdict) -> None:
    organization = accounts.organizations().get(pk=verdict.organization_id)
    mail = changed_mail(
        verdict, to=settings.CTO_EMAIL, name=organization.name, slug=organization.slug, found_at=timezone.now()
    )
    mail.queue()


def changed_mail(verdict: Verdict, *, to: str, name: str, slug: str, found_at: datetime) -> Mail:
    """That the log of the organization of this name does not verify: where, and how that shows."""
    subject = f"The audit log of {name} does not verify"
    context = {
        "recipient": to,
        "name": name,
        "slug": slug,
        "verdict": verdict,
        "found_at": found_at,
        "url": absolute_url("admin:audit_checkpoint_changelist"),
    }
    body = rendering.render("audit/mail/changed", language=ENGLISH, subject=subject, context=context)
    return Mail(to=to, subject=subject, html=body.html, text=body.text, kind="cto_audit_changed")
