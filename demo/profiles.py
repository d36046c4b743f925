"""A log of six weeks: a few agents, some of whose browser profiles are logged out again and again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from django.db import transaction
from django.utils import timezone

from profiles.models import BrowserProfile, LoggedOutProfile

DAYS: Final = 42
REASONS: Final = (None, None, None, "session expired", "password changed", "verification asked", "proxy changed")
# The document's examples have an answer: its agent and profile are the first.
AGENTS: Final = tuple(f"Agent_{number:03}" for number in range(1, 13))
PROFILES_PER_AGENT: Final = 8


@dataclass(frozen=True, slots=True)
class Logout:
    """One of them."""

    agent_name: str
    profile_name: str
    timestamp: datetime
    reason: str | None


@transaction.atomic
def seed_log(*, records: int, seed: int) -> None:
    """Write so many records of the last weeks for the organization in scope, unless it has any."""
    if LoggedOutProfile.objects.exists():
        return
    # In the order of time, as ids are.
    logouts = sorted(_made_up(records, seed=seed, until=timezone.now()), key=lambda logout: logout.timestamp)
    names = dict.fromkeys((logout.agent_name, logout.profile_name) for logout in logouts)
    BrowserProfile.objects.bulk_create(
        [BrowserProfile(agent_name=agent, profile_name=profile) for agent, profile in names], ignore_conflicts=True
    )
    profiles = {(profile.agent_name, profile.profile_name): profile for profile in BrowserProfile.objects.all()}
    LoggedOutProfile.objects.bulk_create(
        LoggedOutProfile(
            profile=profiles[logout.agent_name, logout.profile_name],
            timestamp=logout.timestamp,
            created_at=logout.timestamp,
            updated_at=logout.timestamp,
            reason=logout.reason,
        )
        for logout in logouts
    )


def _made_up(number: int, *, seed: int, until: datetime) -> Iterator[Logout]:
    """The same for the same seed, but that they end now."""
    dice = Random(seed)  # noqa: S311 -- made up, not secret
    for _ in range(number):
        # The lower the number of an agent and of a profile, the more often.
        agent = min(dice.randrange(len(AGENTS)), dice.randrange(len(AGENTS)))
        profile = min(dice.randrange(PROFILES_PER_AGENT), dice.randrange(PROFILES_PER_AGENT)) + 1
        yield Logout(
            agent_name=AGENTS[agent],
            profile_name=f"profile_gmail_{agent * PROFILES_PER_AGENT + profile}",
            timestamp=until - timedelta(seconds=dice.randrange(DAYS * 24 * 3600)),
            reason=dice.choice(REASONS),
        )
