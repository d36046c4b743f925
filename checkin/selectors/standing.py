"""Whose the upstream is, and how we stand with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from accounts.selectors import organization_by_slug
from checkin.errors import NoUpstream
from checkin.models import UpstreamStanding
from core.tenancy import current_organization_id

SWITCHED_OFF: Final = "Check-in is switched off: {} is empty."
NOT_ASKED: Final = "The upstream has not been asked yet."
NOT_ASKED_LATELY: Final = "The upstream has not been asked since {:%Y-%m-%d %H:%M:%S} UTC: do beat and the workers run?"
# So many checks may be late before what the last one found says nothing any more.
MOST_LATE_CHECKS: Final = 3


@dataclass(frozen=True, slots=True)
class State:
    """How the organization in scope stands with the upstream, as far as it was ever asked.

    `connected` is what the last check found, at `checked_at`; when that is long ago, False, and `error` says so.
    """

    connected: bool = False
    error: str | None = None
    checked_at: datetime | None = None
    last_users_fetch: datetime | None = None
    last_all_session_refresh: datetime | None = None
    last_individual_session_refresh: datetime | None = None


def state() -> State:
    """How the organization stands with the upstream, which is not asked for it. One that has none is not connected."""
    if (reason := switched_off()) is not None:
        return State(error=reason)
    standing = UpstreamStanding.objects.first()
    if standing is None:
        return State(error=NOT_ASKED)
    unknown = _why_unknown(standing.checked_at)
    return State(
        connected=bool(standing.connected) and unknown is None,
        error=unknown or standing.error,
        checked_at=standing.checked_at,
        last_users_fetch=standing.users_fetched_at,
        last_all_session_refresh=standing.all_refreshed_at,
        last_individual_session_refresh=standing.one_refreshed_at,
    )


def _why_unknown(checked_at: datetime | None) -> str | None:
    if checked_at is None:
        return NOT_ASKED
    told_for = timedelta(seconds=MOST_LATE_CHECKS * settings.CHECKIN_CHECK_SECONDS)
    return NOT_ASKED_LATELY.format(checked_at) if timezone.now() - checked_at > told_for else None


def switched_off() -> str | None:
    """Why check-in does nothing at all, or None."""
    for name in ("CHECKOUT_API_URL", "CHECKIN_URL"):
        if not getattr(settings, name):
            return SWITCHED_OFF.format(name)
    return None


def organization_with_upstream() -> UUID | None:
    """The one organization that has an upstream: CHECKOUT_API_KEY is its key."""
    organization = organization_by_slug(settings.API_KEY_ORGANIZATION)
    return None if organization is None or switched_off() is not None else organization.pk


def require_upstream() -> None:
    """Raise NoUpstream if the organization in scope has none, or check-in is switched off."""
    if (reason := switched_off()) is not None:
        raise NoUpstream(reason)
    if organization_with_upstream() != current_organization_id():
        raise NoUpstream
