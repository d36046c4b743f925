"""Telling the stand-in what to do, and asking what it saw: for tests, benchmarks and the demonstration."""

import json
import urllib.request
from collections.abc import Iterable, Mapping
from typing import Any

from devstack.upstream.faults import ApiFault, PageFault

TIMEOUT_SECONDS = 30.0


class UpstreamControl:
    """The control interface of the stand-in at an address."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def set_users(self, emails: Iterable[str], *, fault: PageFault | None = None) -> dict[str, str]:
        """Have these users and no others, each just logged in. Returns their tokens, which are the listed ones."""
        users = [{"email": email, "fault": fault} for email in emails]
        tokens: dict[str, str] = self._tell("users", users=users, replace=True)
        return tokens

    def add_user(self, email: str, **fields: Any) -> str:  # noqa: ANN401 -- fields of devstack.upstream.world.User
        """Have one more user, or another in his place. Returns the listed token."""
        token: str = self._tell("users", users=[{"email": email, **fields}])[email]
        return token

    def remove_user(self, email: str) -> None:
        """List the user no more; his token stays good."""
        self._tell("remove", email=email)

    def user(self, email: str) -> dict[str, Any]:
        """`token` (good now, or None), `listed`, `refreshed`, `asked`, `in_flight`, `report`, `log`, …"""
        user: dict[str, Any] = self._tell("user", email=email)
        return user

    def users(self) -> dict[str, dict[str, Any]]:
        """The same of all, by e-mail address."""
        users: dict[str, dict[str, Any]] = self._tell("users")
        return users

    def set_pace(
        self, *, latency_seconds: float = 0.0, slow_seconds: float = 1.0, retry_after: str | None = "1"
    ) -> None:
        """How long every answer takes, how much longer slow ones do, and what a 429 asks for."""
        self._tell("pace", latency_seconds=latency_seconds, slow_seconds=slow_seconds, retry_after=retry_after)

    def set_fault(self, email: str, fault: PageFault | None, *, rate: float = 1.0) -> None:
        """What goes wrong with this user's page, always or so often; None: nothing any more."""
        self._tell("fault", email=email, fault=fault, rate=rate)

    def set_rates(self, rates: Mapping[PageFault, float], *, seed: int = 1) -> None:
        """What goes wrong with anybody's page, each with a probability; the same seed draws the same sequence."""
        self._tell("rates", rates=dict(rates), seed=seed)

    def set_api_fault(self, fault: ApiFault | None, *, path: str = "*") -> None:
        """What goes wrong with the API, everywhere or at `test`, `users`, `update` or `log`; None: nothing any more."""
        self._tell("api", faults={path: fault} if fault else {})

    def expire(self, email: str) -> None:
        """End the user's session."""
        self._tell("expire", email=email)

    def log_in(self, email: str) -> str:
        """The user logs in anew: returns the token that is good and listed now."""
        token: str = self._tell("log-in", email=email)["token"]
        return token

    def rotate(self, email: str) -> str:
        """Somebody else refreshes the session: returns the token that is good now. The listed one is as before."""
        token: str = self._tell("rotate", email=email)["token"]
        return token

    def facts(self) -> dict[str, Any]:
        """`page_requests`, `most_at_once`, `in_flight`, `overlaps` (users asked twice at once), `api_requests`, …"""
        facts: dict[str, Any] = self._tell("facts")
        return facts

    def reset(self) -> None:
        """Begin anew: no users, no faults, no latency, nothing counted."""
        self._tell("reset")

    def forget(self) -> None:
        """Begin to count anew."""
        self._tell("forget")

    def _tell(self, what: str, **said: Any) -> Any:  # noqa: ANN401 -- whatever is answered
        request = urllib.request.Request(  # noqa: S310 -- our own address
            f"{self.url}/control/{what}", data=json.dumps(said).encode(), headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310 -- our own address
            return json.loads(response.read())
