"""The end of our e-mails: a page for people, and one click for mail programs (RFC 8058)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from drf_yasg.utils import swagger_auto_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core import tenancy
from core.api import ApiView
from core.gate import Limit, Per
from core.rendering import OrjsonRenderer
from core.serializers import ErrorOut
from trackimmo import services
from trackimmo.models import Client, Language
from trackimmo.selectors.subscribers import client_behind_link
from trackimmo.serializers.mails import AnyParameters, UnsubscribedOut
from trackimmo.views.base import OPEN

UNSUBSCRIPTIONS: Final = Limit("unsubscribe", requests=60, window_seconds=60, per=Per.ADDRESS)
RESPONSES: Final = {200: UnsubscribedOut, 404: ErrorOut, 429: ErrorOut}


class PageRenderer(BaseRenderer):
    """The answer as a page in the reader's language."""

    media_type = "text/html"
    format = "html"
    charset = "utf-8"

    def render(
        self,
        data: Any,  # noqa: ANN401 -- DRF's own signature
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        context = renderer_context or {}
        language = cast(UnsubscribeView, context["view"]).language
        return unsubscribe_page(language=language, status=context["response"].status_code, answer=data)


def unsubscribe_page(*, language: str, status: int, answer: Any) -> str:  # noqa: ANN401 -- any JSON
    """The page for an answer: a question with a button, a confirmation, or what went wrong."""
    with translation.override(language):
        return render_to_string(
            "trackimmo/pages/unsubscribe.html",
            {
                "language": language,
                "subject": _("Your e-mails from TrackImmo"),
                "answer": answer,
                "status": status,
            },
        )


class UnsubscribeView(ApiView):
    """One client's subscription. The token in the path is all the authority there is: no login, and so no CSRF."""

    authentication_classes = []
    needs_login = False
    noindex = True
    repeats_answers = False
    renderer_classes = [PageRenderer, OrjsonRenderer]
    query_serializer_class = AnyParameters
    language: str = Language.ENGLISH

    def get_limits(self) -> Sequence[Limit]:
        return [UNSUBSCRIPTIONS]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002
        """A page for whoever accepts neither: a mail program's one click must not fail for a header."""
        return super().perform_content_negotiation(request, force=True)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- DRF's own signature
        self.language = _language_of(request)
        super().initial(request, *args, **kwargs)

    @swagger_auto_schema(operation_id="unsubscribe_page", responses=RESPONSES, **OPEN)
    def get(self, request: Request, token: str) -> Response:
        """Show how the client stands, with a button. It changes nothing: mail scanners open every link."""
        return self._answer(client_behind_link(self._enter(token)))

    @swagger_auto_schema(operation_id="unsubscribe", request_body=None, responses=RESPONSES, **OPEN)
    def post(self, request: Request, token: str) -> Response:
        """End the e-mails. The body is not read: RFC 8058's is a constant, the button's is empty."""
        return self._answer(services.unsubscribe(client_id=self._enter(token)))

    def _enter(self, token: str) -> UUID:
        organization_id, client_id = services.read_unsubscribe_token(token)
        tenancy.enter_scope(organization_id)
        return client_id

    def _answer(self, client: Client) -> Response:
        self.language = client.language
        return Response(UnsubscribedOut(client).data, headers={"Cache-Control": "no-store"})


def _language_of(request: Request) -> str:
    """French for whoever reads French, English for everybody else."""
    preferred = translation.get_language_from_request(request._request)
    return Language.FRENCH if preferred.startswith(Language.FRENCH) else Language.ENGLISH
