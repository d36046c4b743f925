"""Routes."""

from django.urls import URLPattern

from core.health import views
from core.health.views import to_read
from core.routes import route

urlpatterns: list[URLPattern] = [
    route("", to_read(views.index), name="index"),
    route("livez", to_read(views.livez), name="livez"),
    route("readyz", to_read(views.readyz), name="readyz"),
    route("metrics", to_read(views.metrics), name="metrics"),
]
