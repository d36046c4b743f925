"""Swagger UI, ReDoc, and the schema as JSON and YAML."""

from drf_yasg.renderers import SwaggerJSONRenderer, SwaggerYAMLRenderer
from drf_yasg.views import get_schema_view
from rest_framework.permissions import AllowAny

from core.routes import route
from core.swagger import INFO

schema = get_schema_view(INFO, public=True, authentication_classes=[], permission_classes=[AllowAny])

urlpatterns = [
    route("swagger", schema.with_ui("swagger"), name="swagger"),
    route("swagger.json", schema.as_cached_view(renderer_classes=(SwaggerJSONRenderer,)), name="schema-json"),
    route("swagger.yaml", schema.as_cached_view(renderer_classes=(SwaggerYAMLRenderer,)), name="schema-yaml"),
    route("redoc", schema.with_ui("redoc"), name="redoc"),
]
