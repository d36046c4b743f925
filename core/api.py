"""The base of every API view: who is calling, in whose name, how often, and with which parameters."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, ClassVar, cast

from django.http import QueryDict
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from structlog.contextvars import bind_contextvars

from core import tenancy
from core.actor import Actor, Origin, current_origin, set_origin
from core.errors import Unauthenticated
from core.gate import Admission, Credentials, Limit, admit
from core.idempotency.services import once
from core.serializers import QuerySerializer, StrictSerializer, reader

ANYTHING = "*/*"
EVERYTHING_ELSE = Limit("api", requests=5000, window_seconds=3600)


class ByAccept(DefaultContentNegotiation):
    """What is answered in is the `Accept` header's to say: `?format=` is a parameter like any other."""

    settings = cast(Any, SimpleNamespace(URL_FORMAT_OVERRIDE=None))

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:  # noqa: ANN401
        """As DRF's, and at once for what nearly everybody sends."""
        if request.META.get("HTTP_ACCEPT", ANYTHING) in {ANYTHING, renderers[0].media_type}:
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)


class WhateverIsAccepted(ByAccept):
    """For a file or a stream, which is what it is whatever the `Accept` header says; errors are JSON."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:  # noqa: ANN401
        """JSON."""
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """Parse, call, answer: subclasses add a method per HTTP verb, and name their parameters and limits.

    By the time a subclass's method runs, `request.user` is an `Actor`, the organization's scope is open, the request
    was counted against `get_limits()`, and `self.query` holds the validated query parameters.
    """

    content_negotiation_class = ByAccept
    query_serializer_class: ClassVar[type[QuerySerializer]] = QuerySerializer
    needs_login: ClassVar[bool] = True
    may_go_on_without_redis: ClassVar[bool] = True
    repeats_answers: ClassVar[bool] = True
    noindex: ClassVar[bool] = False
    query: dict[str, Any]
    admission: Admission | None = None

    def get_limits(self) -> Sequence[Limit]:
        """The limits that count this request."""
        return [EVERYTHING_ELSE]

    def get_permissions(self) -> list[Any]:
        """None for views that are open to all."""
        return list(super().get_permissions()) if self.needs_login else []

    def parameters(self, request: Request) -> QueryDict:
        """What `query_serializer_class` validates."""
        return request.query_params

    @property
    def actor(self) -> Actor:
        """The caller. Only for views that need a login."""
        return cast(Actor, self.request.user)

    def parse(self, serializer_class: type[StrictSerializer]) -> dict[str, Any]:
        """The validated body. Raises ValidationError naming each field at fault."""
        serializer = reader(serializer_class, self.request.data)
        serializer.is_valid(raise_exception=True)
        return cast(dict[str, Any], serializer.validated_data)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- DRF's own signature
        """Everything between the door and the view's method."""
        super().initial(request, *args, **kwargs)
        parameters = reader(self.query_serializer_class, self.parameters(request))
        parameters.is_valid(raise_exception=True)
        self.query = parameters.validated_data
        key = request.headers.get("Idempotency-Key") if self.repeats_answers else None
        handler = getattr(self, "post", None)
        if request.method == "POST" and key is not None and handler is not None and request.user is not None:
            self.post = once(self, handler, key=key)

    def perform_authentication(self, request: Request) -> None:
        """Confirm the caller, open his scope, and count the request."""
        credentials = cast(Credentials | None, request.user)
        if credentials is None and self.needs_login:
            raise Unauthenticated
        self.admission = admit(
            credentials,
            self.get_limits(),
            address=request.META.get("REMOTE_ADDR", ""),
            may_go_on_without_redis=self.may_go_on_without_redis,
        )
        actor = self.admission.actor
        request.user = cast(Any, actor)
        if actor is not None:
            tenancy.enter_scope(actor.organization_id)
            origin = current_origin()
            set_origin(Origin(actor, origin.ip_address, origin.user_agent, origin.request_id))
            bind_contextvars(caller=actor.pk)
        self.admission.require_room()

    def handle_exception(self, exc: Exception) -> Response:
        """As DRF's, and our own Unauthenticated also says how to authenticate."""
        if isinstance(exc, Unauthenticated):
            exc.challenge = self.get_authenticate_header(self.request)
        return super().handle_exception(exc)

    def finalize_response(
        self,
        request: Request,
        response: Response,
        *args: Any,  # noqa: ANN401 -- DRF's own signature
        **kwargs: Any,  # noqa: ANN401 -- DRF's own signature
    ) -> Response:
        """Say how the caller stands with his limits, whatever the answer is."""
        final = super().finalize_response(request, response, *args, **kwargs)
        if self.admission and (tightest := self.admission.tightest):
            for name, value in tightest.headers().items():
                final.headers[name] = value
        if self.noindex:
            final.headers["X-Robots-Tag"] = "noindex"
        return final
