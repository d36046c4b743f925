"""An answer that goes on."""

from django.http.response import HttpResponseBase

from core.actor import Actor, current_origin
from core.gate import Credentials
from core.live.interest import Interest


class EventStream(HttpResponseBase):
    """The head of an answer whose body goes on for as long as the caller is let in. He has a place."""

    streaming = True

    def __init__(self, *, actor: Actor, credentials: Credentials, interest: Interest) -> None:
        # A proxy that collects an answer before it passes it on would make live events late.
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(content_type="text/event-stream; charset=utf-8", headers=headers)
        self.actor = actor
        self.credentials = credentials
        self.interest = interest
        self.request_id = current_origin().request_id

    @property
    def caller(self) -> tuple[object, str]:
        """Whose place it is."""
        return self.actor.organization_id, self.actor.pk
