"""What can go wrong in check-in. Nothing here knows HTTP, and no message shows a token or a key."""

from core.errors import Invalid, NotFound, Unavailable


class KeyRefused(Invalid):
    """The key is missing, or does not open check-in: a bad request, as documented."""

    code = "key_refused"


class NoUpstream(Invalid):
    """The organization has no upstream, or check-in is switched off."""

    code = "no_upstream"
    default_message = "This organization has no check-in upstream."


class SessionUnknown(NotFound):
    """The upstream lists no user with this e-mail address."""

    code = "session_unknown"

    def __init__(self, email: str) -> None:
        super().__init__(f"There is no check-in session of {email}.")


class RunUnknown(NotFound):
    """There is no such refresh run."""

    code = "run_unknown"
    default_message = "There is no such refresh run."


class UpstreamUnavailable(Unavailable):
    """The upstream does not answer as it should; a later attempt may go better.

    `wait_seconds` is how long it asks us to wait, or how long we leave it alone; None if neither is known.
    """

    code = "upstream_unavailable"

    def __init__(self, problem: str, *, wait_seconds: float | None = None) -> None:
        self.wait_seconds = wait_seconds
        super().__init__(problem)


class UpstreamRefused(Unavailable):
    """The upstream understood and says no, or our settings lead nowhere: trying again changes nothing."""

    code = "upstream_refused"


class LimitUnknown(Unavailable):
    """Whether one more request may be sent cannot be found out, so it is not sent."""

    code = "limit_unknown"


class LimitReached(Unavailable):
    """Other requests of ours used the upstream's limit up for longer than one is kept waiting."""

    code = "limit_reached"


class Busy(Unavailable):
    """This process waits for the upstream in as many requests as it can spare threads for."""

    code = "busy"
    default_message = "As many refreshes as this server waits for are under way. Try again in a moment."
