"""Views that exist in tests only: they show what the door does, without an app's rules on top."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.response import Response

from accounts.models import Organization
from core.actor import Actor
from core.api import ApiView
from core.errors import Conflict
from core.gate import Identity, Limit
from core.routes import route
from core.serializers import PageQuery, StrictSerializer

PROBE_LIMIT = Limit("probe", requests=100, window_seconds=3600)


@dataclass
class ProbeCredentials:
    """Credentials of the organization whose slug the caller names."""

    slug: str
    organization_id: UUID | None = None
    is_proven: bool = False

    @property
    def limit_subject(self) -> str:
        return f"probe:{self.slug}"

    @property
    def identity_key(self) -> str:
        return f"identity:probe:{self.slug}"

    def load(self) -> Identity | None:
        organization = Organization.objects.filter(slug=self.slug).first()
        return {"organization_id": str(organization.pk)} if organization else None

    def confirm(self, identity: Identity) -> Actor:
        return Actor("key", UUID(identity["organization_id"]), key_id=self.slug)


class ProbeAuthentication(BaseAuthentication):
    """`X-Probe: slug`."""

    def authenticate(self, request: Any) -> tuple[Any, None] | None:
        slug = request.headers.get("X-Probe")
        return (ProbeCredentials(slug), None) if slug else None

    def authenticate_header(self, request: Any) -> str:
        return "X-Probe"


class NoteIn(StrictSerializer):
    """A note with a nested author."""

    text = serializers.CharField(max_length=20)
    stars = serializers.IntegerField(min_value=1, max_value=5, required=False)


class ProbeView(ApiView):
    """Answers with what it was asked; POST creates an organization so that an effect can be seen."""

    authentication_classes = [ProbeAuthentication]
    query_serializer_class = PageQuery

    def get_limits(self) -> Sequence[Limit]:
        return [PROBE_LIMIT]

    def get(self, request: Any) -> Response:
        return Response({"organization": str(self.actor.organization_id), **self.query})

    def post(self, request: Any) -> Response:
        body = self.parse(NoteIn)
        if body["text"] == "crash":
            Organization.objects.create(name="crash", slug="crash")
            raise RuntimeError("a bug")
        if body["text"] == "conflict":
            raise Conflict("Already there.")
        made = Organization.objects.create(name=body["text"], slug=body["text"])
        return Response({"id": str(made.pk)}, status=201)


urlpatterns = [route("probe", ProbeView.as_view(), name="probe")]

handler404 = "core.problems.page_not_found"
handler500 = "core.problems.server_error"
