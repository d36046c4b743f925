"""What can go wrong, free of HTTP."""

from core.errors import NotFound


class RecordNotFound(NotFound):
    """No record of the organization has this id."""

    default_message = "Logged out profile not found"
