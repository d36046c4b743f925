"""One request to the upstream's API, and its faults in words that show neither key nor token."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import httpx
import orjson
from django.conf import settings

from checkin.errors import UpstreamRefused, UpstreamUnavailable
from core.outgoing import Deadline, connect, retry_after_seconds

KEY_HEADER: Final = "x-checkout-key"
# Answers that may be another one in a moment; 5xx are, too.
PASSING: Final = frozenset({408, 425, 429})
SENDABLE_KEY: Final = re.compile(r"[!-~]+", re.ASCII)


def ask_once(
    method: str,
    url: str,
    *,
    host: str,
    key: str,
    body: Mapping[str, str] | None,
    deadline: Deadline,
    most_bytes: int,
) -> Any:  # noqa: ANN401 -- whatever JSON was sent
    """The JSON of the answer. Raises UpstreamUnavailable or UpstreamRefused."""
    if not SENDABLE_KEY.fullmatch(key):
        raise UpstreamRefused("CHECKOUT_API_KEY must be visible ASCII characters: no other can be sent.")
    # What is packed, and packed again, unpacks to gigabytes before anybody can count.
    headers = {KEY_HEADER: key, "Accept": "application/json", "Accept-Encoding": "identity"}
    with (
        _in_words(host, deadline),
        connect(deadline, timeout_seconds=settings.CHECKIN_TIMEOUT_SECONDS, follow_redirects=False) as http,
        http.stream(method, url, headers=headers, json=body) as response,
    ):
        if (problem := refusal(host, response.status_code, response.headers.get("Retry-After"))) is not None:
            raise problem
        read = b""
        for piece in response.iter_raw():
            read += piece
            if len(read) > most_bytes:
                raise UpstreamUnavailable(f"{host} answered more than we read.")
    try:
        return orjson.loads(read)
    except orjson.JSONDecodeError:
        raise UpstreamUnavailable(f"{host} answered something that is not JSON.") from None


def refusal(host: str, status: int, retry_after: str | None) -> UpstreamUnavailable | UpstreamRefused | None:
    """What an answer that is none amounts to; None for 200."""
    match status:
        case httpx.codes.OK:
            return None
        case httpx.codes.UNAUTHORIZED | httpx.codes.FORBIDDEN:
            return UpstreamRefused(f"{host} refuses our key (CHECKOUT_API_KEY).")
        case redirect if httpx.codes.is_redirect(redirect):
            return UpstreamRefused(f"{host} sends us elsewhere, where the key is not to go (CHECKOUT_API_URL).")
        case other if other in PASSING or other >= httpx.codes.INTERNAL_SERVER_ERROR:
            return UpstreamUnavailable(f"{host} answered {status}.", wait_seconds=retry_after_seconds(retry_after))
    return UpstreamRefused(f"{host} answered {status}.")


@contextmanager
def _in_words(host: str, deadline: Deadline) -> Iterator[None]:
    """Turn what httpx raises into ours, without its own words: they may show what was sent."""
    try:
        yield
    except httpx.TimeoutException:
        raise UpstreamUnavailable(f"{host} was not done within {deadline.seconds:g} seconds.") from None
    except httpx.ConnectError:
        raise UpstreamUnavailable(f"{host} cannot be reached.") from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError):
        raise UpstreamRefused("CHECKOUT_API_URL leads nowhere.") from None
    except httpx.HTTPError:
        raise UpstreamUnavailable(f"The connection to {host} broke.") from None
