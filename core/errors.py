"""Domain errors: what went wrong, in words a caller can act on. Nothing here knows HTTP or DRF.

`core.problems` gives each class its status and each app's envelope gives it a body.
"""

from collections.abc import Mapping, Sequence

FieldErrors = Mapping[str, Sequence[str]]


class SwitchboardError(Exception):
    """Base of every error that a caller may see.

    `code` is stable and machine-readable; `message` is a sentence; `fields` names the input at fault.
    """

    code = "error"
    default_message = "The request could not be completed."

    def __init__(self, message: str = "", *, fields: FieldErrors | None = None) -> None:
        self.message = message or self.default_message
        self.fields: FieldErrors = fields or {}
        super().__init__(self.message)


class Invalid(SwitchboardError):
    """The input is malformed or breaks a rule."""

    code = "invalid"
    default_message = "Invalid input."


class Unauthenticated(SwitchboardError):
    """No credentials, or credentials that do not hold."""

    code = "not_authenticated"
    default_message = "Authentication credentials were not provided."
    challenge: str | None = None


class Forbidden(SwitchboardError):
    """The caller is known, and may not do this."""

    code = "forbidden"
    default_message = "You do not have permission to perform this action."


class NotFound(SwitchboardError):
    """The object does not exist, or exists in another organization: the caller cannot tell."""

    code = "not_found"
    default_message = "Not found."


class Conflict(SwitchboardError):
    """The state of things forbids it now."""

    code = "conflict"
    default_message = "The request conflicts with the current state."


class PayloadTooLarge(SwitchboardError):
    """The body is larger than we read."""

    code = "payload_too_large"
    default_message = "The request body is too large."


class RateLimited(SwitchboardError):
    """A limit is used up; `retry_after_seconds` says when one more request would pass."""

    code = "rate_limited"
    default_message = "Rate limit exceeded."

    def __init__(self, message: str = "", *, retry_after_seconds: int) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(message)


class Unavailable(SwitchboardError):
    """A store or service that this needs does not answer; trying again later may work."""

    code = "unavailable"
    default_message = "The service is temporarily unavailable."
