"""Asking again where that makes sense, and saying what went wrong in words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import httpx
from django.conf import settings

from core.outgoing import Deadline, ask_again, retry_after_seconds
from trackimmo.errors import SourceUnavailable
from trackimmo.sources import breaking
from trackimmo.sources.breaking import Hiccup

ATTEMPTS: Final = 3
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, JITTER_SECONDS = 0.5, 10.0, 0.5
# Answers that may be another one in a moment; 5xx are, too.
PASSING: Final = frozenset({408, 425, 429})

T = TypeVar("T")


def ask(host: str, once: Callable[[], T], *, deadline: Deadline) -> T:
    """What `once` returns, asked up to ATTEMPTS times, with short waits or, within reason, those that the host wants.

    Raises SourceUnavailable.
    """

    def is_worth_another(error: Exception) -> bool | float:
        if not isinstance(error, Hiccup) or breaking.is_left_alone(host):
            return False
        wait_seconds = error.wait_seconds
        if (wait_seconds or FIRST_WAIT_SECONDS) > min(LONGEST_WAIT_SECONDS, deadline.remaining_seconds):
            return False
        return True if wait_seconds is None else wait_seconds

    return ask_again(
        lambda: breaking.call(host, once),
        on=is_worth_another,
        attempts=ATTEMPTS,
        first_wait_seconds=FIRST_WAIT_SECONDS,
        longest_wait_seconds=LONGEST_WAIT_SECONDS,
        jitter_seconds=JITTER_SECONDS,
    )


@contextmanager
def in_words(host: str, deadline: Deadline) -> Iterator[None]:
    """Turn what httpx raises into SourceUnavailable. Its own words may show addresses with credentials."""
    try:
        yield
    except httpx.TimeoutException as error:
        if deadline.is_over:
            raise Hiccup(host, f"was not done within {deadline.seconds:.0f} seconds") from error
        raise Hiccup(host, f"said nothing for {settings.OPEN_DATA_TIMEOUT_SECONDS:g} seconds") from error
    except httpx.ConnectError as error:
        raise Hiccup(host, "cannot be reached") from error
    # UnicodeError: a host whose name cannot be one.
    except (httpx.UnsupportedProtocol, httpx.TooManyRedirects, httpx.InvalidURL, UnicodeError) as error:
        raise SourceUnavailable(host, "leads us in a circle or to a place that is not on the web") from error
    except httpx.HTTPError as error:
        raise Hiccup(host, "the connection broke") from error


def refuse(host: str, response: httpx.Response) -> SourceUnavailable:
    """What an answer that is none amounts to."""
    status = response.status_code
    problem = f"answered {status}"
    if status in PASSING or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Hiccup(host, problem, wait_seconds=retry_after_seconds(response.headers.get("Retry-After")))
    return SourceUnavailable(host, problem)
