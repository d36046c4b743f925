"""The table of contents of the `live` process, and who is let in there."""

from accounts.authentication import ApiKeyAuthentication, BearerTokenAuthentication
from core.health import views as health
from core.live.views import LiveView
from core.routes import route


class AnyApiKey(ApiKeyAuthentication):
    """`X-API-Key`: a key hears what its scopes open."""

    header = "X-API-Key"
    scope = None
    required = False


live = LiveView.as_view(
    authentication_classes=[BearerTokenAuthentication, AnyApiKey],
    # Events of other families are for people only.
    scope_of_family={"profile": "profiles"},
)

urlpatterns = [
    route("live", live, name="live"),
    route("livez", health.to_read(health.livez), name="livez"),
    route("readyz", health.to_read(health.readyz), name="readyz"),
    route("metrics", health.to_read(health.metrics), name="metrics"),
]

handler400 = "core.problems.bad_request"
handler403 = "core.problems.permission_denied"
handler404 = "core.problems.page_not_found"
handler500 = "core.problems.server_error"
