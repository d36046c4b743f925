"""Whose the upstream is, and how we stand with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from accounts.selectors import organization_by_slug
from checkin.errors import NoUpstream
from checkin.models import UpstreamStanding
from core.tenancy import current_organization_id

SWITCHED_OFF: Final = "Check-in is switched off: {} is empty."


@dataclass(frozen=True, slots=True)
class State:
    """How the organization in scope stands with the upstream, as far as it was ever asked."""

    connected: bool = False
    last_users_fetch: datetime | None = None
    last_all_session_refresh: datetime | None = None
    last_individual_session_refresh: datetime | None = None


def state() -> State:
    """How the organization stands with the upstream. One that has none is not connected."""
    standing = UpstreamStanding.objects.first()
    if standing is None or switched_off() is not None:
        return State()
    return State(
        connected=bool(standing.connected),
        last_users_fetch=standing.users_fetched_at,
        last_all_session_refresh=standing.all_refreshed_at,
        last_individual_session_refresh=standing.one_refreshed_at,
    )


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
