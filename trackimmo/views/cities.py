"""Administering cities."""

from drf_yasg.utils import swagger_auto_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core.paths import id_in_path, id_parameter
from core.serializers import ErrorOut
from trackimmo import selectors, services
from trackimmo.serializers.cities import CitiesQuery, CityChangesIn, CityIn, CityOut
from trackimmo.views.base import ADMIN_KEY, REFUSALS, AdminKeyView
from trackimmo.views.pages import paged


class CitiesView(AdminKeyView):
    """All cities."""

    query_serializer_class = CitiesQuery

    @swagger_auto_schema(
        operation_id="cities",
        query_serializer=CitiesQuery,
        responses={200: CityOut(many=True), **REFUSALS},
        **ADMIN_KEY,
    )
    def get(self, request: Request) -> Response:
        """List cities by name. `X-Total-Count` says how many there are in all."""
        return paged(selectors.city_page(**self.query), CityOut)

    @swagger_auto_schema(
        operation_id="create_city",
        request_body=CityIn,
        responses={201: CityOut, 409: ErrorOut, **REFUSALS},
        **ADMIN_KEY,
    )
    def post(self, request: Request) -> Response:
        """Create a city."""
        return Response(CityOut(services.create_city(**self.parse(CityIn))).data, status=status.HTTP_201_CREATED)


class CityView(AdminKeyView):
    """One city."""

    @swagger_auto_schema(
        operation_id="update_city",
        manual_parameters=[id_parameter("city_id")],
        request_body=CityChangesIn,
        responses={200: CityOut, 404: ErrorOut, 409: ErrorOut, **REFUSALS},
        **ADMIN_KEY,
    )
    def patch(self, request: Request, city_id: str) -> Response:
        """Change a city."""
        changes = self.parse(CityChangesIn)
        city = services.update_city(city_id=id_in_path(city_id, name="city_id"), **changes)
        return Response(CityOut(city).data)
