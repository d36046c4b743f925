"""Tokens as they travel: the value of a cookie."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

COOKIE: Final = "prestostudent_session"
# As much as browsers take for a cookie (RFC 6265, 6.1).
LONGEST: Final = 4096
SENDABLE: Final = re.compile(r"[!-:<-~]+", re.ASCII)
DELETED: Final = "deleted"


def is_sendable(token: str) -> bool:
    """Whether it can be a cookie's value: visible ASCII without a semicolon. Anything else would forge headers."""
    return len(token) <= LONGEST and SENDABLE.fullmatch(token) is not None


def new_token(headers: Iterable[tuple[bytes, bytes]], *, host: str, path: str) -> str | None:
    """The token that an answer's headers leave us with, as a browser would read them; None if they leave none.

    `host` is where the request went, without its port. Of several cookies the last counts, and one that deletes it
    takes back those before. `Secure` is no reason to throw a token away: TLS may end before the upstream.
    """
    token: str | None = None
    for name, value in headers:
        if name.lower() != b"set-cookie":
            continue
        pair, *attributes = value.decode("latin-1").split(";")
        cookie, separator, found = pair.partition("=")
        if not separator or cookie.strip() != COOKIE:
            continue
        said = {name.strip().lower(): text.strip() for name, _, text in (one.partition("=") for one in attributes)}
        if not _is_for(said, host=host, path=path):
            continue
        found = found.strip()
        if found in {"", DELETED} or _is_over(said):
            token = None
        elif is_sendable(found):
            token = found
    return token


def _is_for(said: dict[str, str], *, host: str, path: str) -> bool:
    """Whether a browser at that place would send the cookie back there (RFC 6265, 5.1.3 and 5.1.4)."""
    domain = said.get("domain", "").lower().removeprefix(".")
    if domain and domain != host.lower() and not host.lower().endswith(f".{domain}"):
        return False
    below = said.get("path", "/")
    if not below.startswith("/"):
        return True
    return path == below or path.startswith(below.rstrip("/") + "/")


def _is_over(said: dict[str, str]) -> bool:
    """Whether the cookie ends at once. Max-Age is stronger than Expires."""
    lifetime = said.get("max-age", "")
    if re.fullmatch(r"-?\d+", lifetime, re.ASCII):
        return lifetime.startswith("-") or not lifetime.strip("0")
    try:
        end = parsedate_to_datetime(said["expires"].replace("-", " "))
    except (KeyError, ValueError, OverflowError):
        return False
    return (end if end.tzinfo else end.replace(tzinfo=UTC)) <= datetime.now(UTC)
