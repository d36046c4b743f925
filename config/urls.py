"""The table of contents."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", include("profiles.urls")),  # asked most, so found first
    path("", include("core.health.urls")),
    path("", include("core.swagger.urls")),
    path("api/v1/auth/", include("accounts.urls")),
    path("", include("checkin.urls")),
    path("", include("agents.urls")),
    path("", include("audit.urls")),
    path("", include("analytics.urls")),
    path("", include("messaging.urls")),
    path("", include("trackimmo.urls")),  # before the admin: TrackImmo documents paths below /admin/
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
]

handler400 = "core.problems.bad_request"
handler403 = "core.problems.permission_denied"
handler404 = "core.problems.page_not_found"
handler500 = "core.problems.server_error"
