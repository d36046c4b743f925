"""Reads of what is kept in MongoDB: their limits, and parameters that may also come as a form.

The documents' examples send them by `curl -d`, which makes a POST with a form body of them.
"""

from collections.abc import Mapping, Sequence
from typing import IO, Any, ClassVar, Final
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.http import QueryDict
from drf_yasg.utils import swagger_auto_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView
from core.errors import PayloadTooLarge
from core.gate import Limit, Per
from core.serializers import QuerySerializer

OF_A_USER: Final = Limit("services", requests=100, window_seconds=3600)
OF_AN_ORGANIZATION: Final = Limit("services", requests=10_000, window_seconds=3600, per=Per.ORGANIZATION)
# Programs that write message by message would be through with theirs in a minute.
OF_A_WRITER: Final = Limit("services-writes", requests=5000, window_seconds=3600)


class FormParser(BaseParser):
    """`application/x-www-form-urlencoded`, as parameters of a URL are."""

    media_type = "application/x-www-form-urlencoded"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> QueryDict:
        """The parameters. Raises PayloadTooLarge, and ValidationError naming each that is not UTF-8."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise PayloadTooLarge(f"The request body is over {limit:,} bytes.")
        parameters = QueryDict(raw, encoding="utf-8")
        _require_utf_8(raw)
        return parameters


def _require_utf_8(raw: bytes) -> None:
    """Django would read other bytes as Latin-1, or as U+FFFD: something else than what was asked."""
    wrong: dict[str, list[str]] = {}
    for pair in raw.split(b"&"):
        try:
            unquote_to_bytes(pair).decode()
        except UnicodeDecodeError:
            name = unquote_to_bytes(pair.partition(b"=")[0]).decode(errors="replace")
            wrong[name] = ["Must be UTF-8."]
    if wrong:
        raise ValidationError(wrong)


class ReadView(ApiView):
    """A read: GET, or POST with the same parameters in a form. Subclasses have `get`, and name their login."""

    parser_classes = [FormParser]
    repeats_answers = False
    limits_of_its_own: ClassVar[Sequence[Limit]] = ()

    def get_limits(self) -> Sequence[Limit]:
        """The documented ones, and those of the endpoint."""
        return [OF_A_USER, OF_AN_ORGANIZATION, *self.limits_of_its_own]

    def parameters(self, request: Request) -> QueryDict:
        """Those of the URL and those of the form: a parameter in both was given twice."""
        if request.method != "POST":
            return request.query_params
        asked = request.query_params.copy()
        if isinstance(request.data, QueryDict):
            for name, values in request.data.lists():
                asked.setlist(name, [*asked.getlist(name), *values])
        return asked

    @swagger_auto_schema(auto_schema=None)  # type: ignore[untyped-decorator]  # drf-yasg has no types
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401 -- the view's own
        """As GET."""
        answer: Response = self.get(request, *args, **kwargs)  # type: ignore[attr-defined]
        return answer


class ReadQuery(QuerySerializer):
    """Parameters of a read; a missing one is told of as documented: `conversation_id is required`."""

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 -- DRF's own signature
        try:
            return super().to_internal_value(data)
        except ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            told = {
                name: [f"{name} is required"] if self._is_missing(name, data) else problems
                for name, problems in error.detail.items()
            }
            raise ValidationError(told) from error

    def _is_missing(self, name: str, given: QueryDict) -> bool:
        """Whether it must be given, and is not, or is empty."""
        return name in self.fields and self.fields[name].required and not "".join(given.getlist(name)).strip()


class FailureOut(serializers.Serializer[Any]):
    """Any error but a missing login, for Swagger."""

    success = serializers.BooleanField(help_text="Always false.")
    message = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # DRF takes the fields out of the class
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="Per field at fault."
    )

    class Meta:
        ref_name = "ServicesError"


class NoLoginOut(serializers.Serializer[Any]):
    """A missing or invalid login, for Swagger."""

    detail = serializers.CharField()

    class Meta:
        ref_name = "ServicesNoLogin"


REFUSALS: Final = {400: FailureOut, 401: NoLoginOut, 403: FailureOut, 429: FailureOut, 500: FailureOut}
