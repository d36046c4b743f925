"""Taking the upstream's list of users over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from audit import services as audit
from checkin.errors import UpstreamUnavailable
from checkin.models import UpstreamStanding
from checkin.selectors.standing import require_upstream
from checkin.services import listed, standing, telling
from checkin.services.statements import database_time
from checkin.upstream import Listing, UpstreamApi
from core.tenancy import current_organization_id

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FetchSummary:
    """Numbers of users: all that are listed; the new ones, those who have logged in anew, are listed again, or no more.

    `problems` are entries of the list that cannot be used, and are left out.
    """

    listed: int = 0
    added: int = 0
    logged_in: int = 0
    resumed: int = 0
    removed: int = 0
    problems: int = 0


def fetch_users() -> FetchSummary:
    """Ask the upstream for its users, and take over who is new, has logged in anew, is gone, or is back.

    Whoever is new or logged in anew is due at once. A token that we have held before says that the list is behind, and
    changes nothing, but that the upstream is told again. Raises NoUpstream, UpstreamUnavailable and UpstreamRefused.
    """
    require_upstream()
    asked_at = database_time()
    listing = UpstreamApi().users()
    if listing.problems:
        logger.warning("checkin_users_unusable", entries=len(listing.problems), first=listing.problems[:10])
    if listing.problems and not listing:
        raise UpstreamUnavailable("The upstream's list has users, and none of them can be used.")
    summary = _take(listing, asked_at=asked_at)
    logger.info("checkin_users_fetched", listed=summary.listed, added=summary.added, logged_in=summary.logged_in)
    return summary


@transaction.atomic
def _take(listing: Listing, *, asked_at: datetime) -> FetchSummary:
    standing.note(next_users_fetch_at=Now() + timedelta(seconds=settings.CHECKIN_USERS_SECONDS))
    # The row is ours until the end: another list that was asked for later stays the last word.
    row = UpstreamStanding.objects.get()
    if row.users_fetched_at is not None and row.users_fetched_at > asked_at:
        return FetchSummary(listed=len(listing), problems=len(listing.problems))
    standing.note(users_fetched_at=asked_at)
    summary = _compare(listing, asked_at=asked_at)
    changes = {name: (None, getattr(summary, name)) for name in FetchSummary.__slots__}
    audit.record(
        action="execute", resource_type="checkin_users", resource_id=current_organization_id(), changes=changes
    )
    return summary


def _compare(listing: Listing, *, asked_at: datetime) -> FetchSummary:
    users = listed.Parameters.of(listing)
    changed = listed.differences(users)
    new = [one for one in changed if one.session_id is None]
    known = [one for one in changed if one.session_id is not None and one.is_known]
    unknown = [one for one in changed if one.session_id is not None and not one.is_known]
    known += listed.held_in_fact(unknown)
    added = listed.insert(new)
    logged_in = listed.take_logins(unknown)
    listed.note_listed(known, asked_at=asked_at)
    resumed = listed.resume(users)
    removed = listed.remove(users, tokenless=listing.tokenless)
    listed.take_reports(users)
    telling.tell_what_is_untold()
    return FetchSummary(
        listed=len(listing),
        added=added,
        logged_in=logged_in,
        resumed=resumed,
        removed=removed,
        problems=len(listing.problems) + len(new) - added,
    )
