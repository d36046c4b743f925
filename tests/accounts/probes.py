"""Views that exist in tests only: they answer who was let in."""

from typing import Any

from rest_framework.response import Response

from accounts.authentication import ApiKeyAuthentication, BearerTokenAuthentication
from core.api import ApiView
from core.routes import route


class TrackImmoKey(ApiKeyAuthentication):
    """A key that a view insists on."""

    header = "X-API-Key"
    scope = "trackimmo"


class AdminKey(ApiKeyAuthentication):
    """A key that may come in the other header too."""

    header = "X-Admin-Key"
    scope = "trackimmo:admin"

    def headers(self) -> list[str]:
        return [self.header, "X-API-Key"]


class ProfilesKey(ApiKeyAuthentication):
    """A key beside other credentials."""

    header = "X-API-Key"
    scope = "profiles"
    required = False


class WhoAmI(ApiView):
    """Answers with the caller."""

    authentication_classes = [BearerTokenAuthentication]

    def get(self, request: Any) -> Response:
        shown = ("kind", "user_id", "key_id", "organization_id", "role", "email", "is_staff", "scopes")
        values = {name: getattr(self.actor, name) for name in shown}
        values["scopes"] = sorted(values["scopes"])
        return Response({name: value for name, value in values.items() if value not in (None, "", [])})


urlpatterns = [
    route("whoami", WhoAmI.as_view(), name="whoami"),
    route("program", WhoAmI.as_view(authentication_classes=[TrackImmoKey]), name="program"),
    route("operator", WhoAmI.as_view(authentication_classes=[AdminKey]), name="operator"),
    route("either", WhoAmI.as_view(authentication_classes=[ProfilesKey, BearerTokenAuthentication]), name="either"),
]

handler404 = "core.problems.page_not_found"
handler500 = "core.problems.server_error"
