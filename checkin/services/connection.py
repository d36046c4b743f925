"""Whether the upstream's API is there."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models.functions import Now

from checkin.errors import NoUpstream, UpstreamRefused, UpstreamUnavailable
from checkin.selectors.standing import require_upstream
from checkin.services import standing
from checkin.upstream import UpstreamApi

NOT_CONTENT: Final = "The upstream answers, and says that it is not in order."


def check_connection() -> bool:
    """Ask the upstream's API whether it is there and content with our key, and write down the answer.

    An organization without an upstream is not connected, and nothing is written for it.
    """
    try:
        require_upstream()
    except NoUpstream:
        return False
    try:
        connected = UpstreamApi().test()
        error = None if connected else NOT_CONTENT
    except (UpstreamUnavailable, UpstreamRefused) as problem:
        connected, error = False, problem.message
    standing.note(
        connected=connected,
        error=error,
        checked_at=Now(),
        next_check_at=Now() + timedelta(seconds=settings.CHECKIN_CHECK_SECONDS),
    )
    return connected
