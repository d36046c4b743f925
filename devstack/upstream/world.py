"""What the stand-in knows: users and their tokens, what it is told to do, and what it saw."""

import random
import secrets
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from devstack.upstream.faults import ApiFault, PageFault


def new_token() -> str:
    """A token as Laravel makes them: base64 of JSON, with its padding encoded."""
    return f"eyJpdiI6{secrets.token_urlsafe(90)}%3D"


def timestamp() -> str:
    """Now, as the API writes times."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class User:
    """`token` is the one that is good now, None when the session has ended; `listed` is the one in the API's list."""

    email: str
    token: str | None
    listed: str
    report: str | None = None
    report_time: str | None = None
    fault: str | None = None
    fault_rate: float = 1.0
    refreshed: int = 0
    asked: int = 0
    in_flight: int = 0
    log: list[dict[str, str]] = field(default_factory=list)


class World:
    """All of it, in memory. One thread only."""

    def __init__(self) -> None:
        self.in_flight = 0
        self.has_changed = False
        self.reset()

    def reset(self) -> None:
        """Begin anew, without users or faults. Requests that are under way stay under way."""
        self.users: dict[str, User] = {}
        self.owners: dict[str, User] = {}  # of every token that was ever given
        self.latency_seconds = 0.0
        self.slow_seconds = 1.0
        self.retry_after: str | None = "1"
        self.api_faults: dict[str, ApiFault] = {}
        self.set_rates({}, seed=1)
        self.forget()

    def forget(self) -> None:
        """Begin to count anew."""
        self.most_at_once = self.in_flight
        self.page_requests = 0
        self.api_requests: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.overlaps: list[str] = []
        self.user_agents: set[str] = set()

    def set_rates(self, rates: dict[PageFault, float], *, seed: int) -> None:
        """From now on each request has these faults with these probabilities."""
        self.page_rates: dict[PageFault, float] = rates
        self._random = random.Random(seed)  # noqa: S311 (faults that can be had again)

    def add(self, email: str, *, token: str | None = None, **more: Any) -> User:  # noqa: ANN401 -- fields of User
        """A user who has just logged in, or another in the place of the one who had the address."""
        token = token or new_token()
        user = User(**{"email": email, "token": token, "listed": token, **more})
        self.users[email] = self.owners[token] = user
        self.has_changed = True
        return user

    def log_in(self, user: User) -> str:
        """The user logs in anew: another token is good, and listed."""
        user.listed = self.rotate(user)
        return user.listed

    def rotate(self, user: User) -> str:
        """Give the user another token; the one before is no longer good."""
        user.token = token = new_token()
        self.owners[token] = user
        self.has_changed = True
        return token

    def fault_for(self, user: User) -> PageFault | None:
        """What goes wrong with this request: the user's own fault, or one by chance."""
        if user.fault is not None:
            by_chance = user.fault_rate < 1 and self._random.random() >= user.fault_rate
            return None if by_chance else PageFault(user.fault)
        if self.page_rates:
            left = self._random.random()
            for fault, rate in self.page_rates.items():
                left -= rate
                if left < 0:
                    return fault
        return None

    def begin(self, user: User | None) -> None:
        """A request for the page has come."""
        self.page_requests += 1
        self.in_flight += 1
        self.most_at_once = max(self.most_at_once, self.in_flight)
        if user is not None:
            user.asked += 1
            user.in_flight += 1
            if user.in_flight > 1:
                self.overlaps.append(user.email)

    def end(self, user: User | None) -> None:
        """It was answered, or whoever asked has gone."""
        self.in_flight -= 1
        if user is not None:
            user.in_flight -= 1

    def facts(self) -> dict[str, Any]:
        """What was seen since it began to count."""
        return {
            "page_requests": self.page_requests,
            "most_at_once": self.most_at_once,
            "in_flight": self.in_flight,
            "overlaps": self.overlaps,
            "api_requests": dict(self.api_requests),
            "faults": dict(self.faults),
            "user_agents": sorted(self.user_agents),
        }

    def state(self) -> dict[str, Any]:
        """What outlives a restart."""
        return {"users": [asdict(user) | {"in_flight": 0} for user in self.users.values()]}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` gave."""
        for stored in state["users"]:
            user = User(**stored)
            self.users[user.email] = self.owners[user.listed] = user
            if user.token is not None:
                self.owners[user.token] = user
