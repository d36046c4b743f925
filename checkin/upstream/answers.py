"""What became of a refresh."""

from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """How a session stands after a refresh."""

    NORMAL = "normal"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a refresh, in words that show no secret.

    `new_token` was given to `keep` already. With NORMAL it is the user's. With EXPIRED it is an anonymous one that came
    with the login page: nobody is logged in with it, and the upstream's list must not get it. With FAILED nobody knows:
    mostly the old one is used up and this one takes its place, but an error page may also bring an anonymous one and
    leave the old one good.

    `wait_seconds` is how long the upstream asks us to wait. `is_upstreams_fault` says that the session had no part in
    it. `was_tried` is False when no request was sent, so that the session stands as before.
    """

    verdict: Verdict
    new_token: str | None = field(default=None, repr=False)
    error: str | None = None
    wait_seconds: float | None = None
    is_upstreams_fault: bool = False
    was_tried: bool = True


def not_tried(error: str, *, wait_seconds: float | None = None, is_upstreams_fault: bool = False) -> Answer:
    """A refresh for which no request was sent."""
    return Answer(
        verdict=Verdict.FAILED,
        error=error,
        wait_seconds=wait_seconds,
        is_upstreams_fault=is_upstreams_fault,
        was_tried=False,
    )
