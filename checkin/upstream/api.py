"""The upstream's API: who its users are, which token is whose, and what we report."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from django.conf import settings

from checkin.errors import UpstreamUnavailable
from checkin.upstream.asking import ask_once
from checkin.upstream.breaking import Breaker, breaker_of
from checkin.upstream.listing import Listing, read_listing
from checkin.upstream.places import place_at
from core.outgoing import Deadline, ask_again

ATTEMPTS: Final = 3
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, JITTER_SECONDS = 0.2, 2.0, 0.2
PATH: Final = "/api/autocheckin"
SHORT_BYTES: Final = 1 << 16
# Twenty thousand users take about nine million.
LIST_BYTES: Final = 1 << 25
NORMAL, FAIL = "Normal", "Fail"

T = TypeVar("T")


class UpstreamApi:
    """Asks the API at CHECKOUT_API_URL with CHECKOUT_API_KEY, or at another with another key.

    Every method raises UpstreamUnavailable when a later attempt may go better, and UpstreamRefused when it will not.
    Reads are tried again shortly after a failure; writes are not, for nobody knows whether they went through.
    """

    def __init__(self, *, address: str | None = None, key: str | None = None) -> None:
        self._place = place_at(settings.CHECKOUT_API_URL if address is None else address, setting="CHECKOUT_API_URL")
        self._key = settings.CHECKOUT_API_KEY if key is None else key

    def __repr__(self) -> str:
        """Without the key."""
        return f"UpstreamApi({self._place.host})"

    def test(self) -> bool:
        """Whether the API is there and content with our key."""
        return self._get("test", lambda said: said["success"] is True, may_fail=True)

    def users(self) -> Listing:
        """All users, each once; entries that cannot be used are told in `problems`."""
        return self._get("users", lambda said: read_listing(_list(said["autoCheckinUsers"])), most_bytes=LIST_BYTES)

    def update_token(self, email: str, old: str, new: str) -> int:
        """Replace a user's listed token if `old` is the listed one. Returns how many entries changed: 1 or 0."""
        body = {"email": email, "oldtoken": old, "newtoken": new}
        return self._post("update", body, lambda said: _count(said["result"]["changedRows"]))

    def log(self, email: str, state: str, message: str) -> None:
        """Report how a user's session is, "Normal" or "Fail", and why."""
        self._post("log", {"email": email, "state": state, "message": message}, lambda _: None)

    def _get(self, path: str, read: Callable[[Any], T], *, most_bytes: int = SHORT_BYTES, may_fail: bool = False) -> T:
        deadline = Deadline.after(settings.CHECKIN_TIMEOUT_SECONDS * 2)

        def is_worth_another(error: Exception) -> bool:
            return (
                isinstance(error, UpstreamUnavailable)
                and (error.wait_seconds or 0) <= LONGEST_WAIT_SECONDS
                and self._breaker.wait_seconds is None
                and deadline.remaining_seconds > LONGEST_WAIT_SECONDS
            )

        return ask_again(
            lambda: self._ask("GET", path, read, None, deadline, most_bytes=most_bytes, may_fail=may_fail),
            on=is_worth_another,
            attempts=ATTEMPTS,
            first_wait_seconds=FIRST_WAIT_SECONDS,
            longest_wait_seconds=LONGEST_WAIT_SECONDS,
            jitter_seconds=JITTER_SECONDS,
        )

    def _post(self, path: str, body: Mapping[str, str], read: Callable[[Any], T]) -> T:
        deadline = Deadline.after(settings.CHECKIN_TIMEOUT_SECONDS)
        return self._ask("POST", path, read, body, deadline, most_bytes=SHORT_BYTES, may_fail=False)

    def _ask(
        self,
        method: str,
        path: str,
        read: Callable[[Any], T],
        body: Mapping[str, str] | None,
        deadline: Deadline,
        *,
        most_bytes: int,
        may_fail: bool,
    ) -> T:
        """One request through the breaker, and what `read` makes of the answer."""
        breaker = self._breaker
        if (begun := breaker.begin()) is None:
            raise UpstreamUnavailable(
                f"{self._place.host} failed several times in a row and is left alone for a while.",
                wait_seconds=breaker.wait_seconds,
            )
        try:
            said = ask_once(
                method,
                f"{self._place.address}{PATH}/{path}",
                host=self._place.host,
                key=self._key,
                body=body,
                deadline=deadline.within(settings.CHECKIN_TIMEOUT_SECONDS),
                most_bytes=most_bytes,
            )
            result = self._read(said, read, may_fail=may_fail)
        except UpstreamUnavailable as error:
            breaker.failed(begun, wait_seconds=error.wait_seconds)
            raise
        else:
            breaker.succeeded(begun)
            return result
        finally:
            breaker.forget(begun)

    def _read(self, said: Any, read: Callable[[Any], T], *, may_fail: bool) -> T:  # noqa: ANN401 -- whatever was sent
        if isinstance(said, dict) and said.get("success") is False and not may_fail:
            raise UpstreamUnavailable(f"{self._place.host} says that it could not do it.")
        try:
            if said["success"] is not True and not may_fail:
                raise ValueError("success")
            return read(said)
        except (KeyError, TypeError, ValueError):
            raise UpstreamUnavailable(f"{self._place.host} answered JSON of another shape.") from None

    @property
    def _breaker(self) -> Breaker:
        return breaker_of(f"{self._place.host}{PATH}")


def _list(said: Any) -> list[Any]:  # noqa: ANN401 -- whatever was sent
    if not isinstance(said, list):
        raise TypeError("a list")
    return said


def _count(said: Any) -> int:  # noqa: ANN401 -- whatever was sent
    if isinstance(said, bool) or not isinstance(said, int) or said < 0:
        raise TypeError("a count")
    return said
