"""The table of contents."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("core.health.urls")),
    path("api/v1/auth/", include("accounts.urls")),
    path("", include("trackimmo.urls")),  # before the admin: TrackImmo documents paths below /admin/
    path("admin/", admin.site.urls),
]
