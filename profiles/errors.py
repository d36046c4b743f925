"""What can go wrong, free of HTTP."""

from core.errors import NotFound, RateLimited


class RecordNotFound(NotFound):
    """No record of the organization has this id."""

    default_message = "Logged out profile not found"


class TooManyExports(RateLimited):
    """As many exports as a process reads at once are being read."""

    code = "too_many_exports"
    default_message = "Too many exports are being read. Try again later."
