"""What may go wrong, at the page and at the API."""

from enum import StrEnum
from typing import Final


class PageFault(StrEnum):
    """What the page does instead of its work. Those of ROTATING use the token up all the same."""

    TOO_MANY = "too-many"  # 429 with Retry-After
    ERROR = "error"  # 500
    ERROR_ROTATED = "error-rotated"  # 500 with the new token
    ERROR_ANONYMOUS = "error-anonymous"  # 500 with an anonymous token; the user's stays good
    SLOW = "slow"  # the right answer, `slow_seconds` late
    HANG = "hang"  # no headers, ever
    HANG_BODY = "hang-body"  # headers with the new token, and never a body
    DROP = "drop"  # the connection ends before the headers
    DROP_ROTATED = "drop-rotated"  # so that nobody learns the new token
    HALF = "half"  # the connection ends in the middle of the body
    GARBAGE = "garbage"  # 200, and HTML that is none
    WRONG_EMAIL = "wrong-email"  # somebody else's page
    NO_TITLE = "no-title"
    NO_COOKIE = "no-cookie"  # the user's page without a new token
    HUGE = "huge"  # more than anybody should read
    REDIRECT = "redirect"  # 302 to another place
    EXPIRED = "expired"  # the session ends just now


ROTATING: Final = frozenset(
    {
        PageFault.ERROR_ROTATED,
        PageFault.SLOW,
        PageFault.HANG_BODY,
        PageFault.DROP_ROTATED,
        PageFault.HALF,
        PageFault.WRONG_EMAIL,
        PageFault.NO_TITLE,
        PageFault.HUGE,
    }
)


class ApiFault(StrEnum):
    """What the API does instead of its work. LOST_ANSWER does it, and nobody learns so."""

    ERROR = "error"  # 500
    TOO_MANY = "too-many"  # 429 with Retry-After
    GARBAGE = "garbage"  # 200, and no JSON
    UNSUCCESSFUL = "unsuccessful"  # {"success": false}
    REDIRECT = "redirect"  # 302 to another host
    HANG = "hang"
    DROP = "drop"
    LOST_ANSWER = "lost-answer"
