"""What clients were given."""

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.serializers import PageQuery
from trackimmo import selectors
from trackimmo.serializers.assignments import ClientPropertiesOut
from trackimmo.serializers.base import ErrorOut, id_in_path
from trackimmo.views.base import CLIENT_KEY, REFUSALS, ClientKeyView, id_parameter


class ClientPropertiesView(ClientKeyView):
    """What a client was given."""

    query_serializer_class = PageQuery
    noindex = True

    @swagger_auto_schema(
        operation_id="get_client_properties",
        manual_parameters=[id_parameter("client_id")],
        query_serializer=PageQuery,
        responses={200: ClientPropertiesOut, 404: ErrorOut, **REFUSALS},
        **CLIENT_KEY,
    )
    def get(self, request: Request, client_id: str) -> Response:
        """List the properties assigned to a client, the newest first."""
        page = selectors.assigned_page(id_in_path(client_id, name="client_id"), **self.query)
        return Response(ClientPropertiesOut(page).data)
