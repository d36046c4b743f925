"""What clients were given."""

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.paths import id_in_path, id_parameter
from core.serializers import ErrorOut
from trackimmo import selectors, services
from trackimmo.serializers.assignments import (
    AssignedPropertyOut,
    AssignmentChangesIn,
    ClientPropertiesOut,
    ClientPropertiesQuery,
)
from trackimmo.views.base import CLIENT_KEY, REFUSALS, ClientKeyView


class ClientPropertiesView(ClientKeyView):
    """What a client was given."""

    query_serializer_class = ClientPropertiesQuery
    noindex = True

    @swagger_auto_schema(
        operation_id="get_client_properties",
        manual_parameters=[id_parameter("client_id")],
        query_serializer=ClientPropertiesQuery,
        responses={200: ClientPropertiesOut, 404: ErrorOut, **REFUSALS},
        **CLIENT_KEY,
    )
    def get(self, request: Request, client_id: str) -> Response:
        """List the properties assigned to a client, the newest first."""
        page = selectors.assigned_page(id_in_path(client_id, name="client_id"), **self.query)
        return Response(ClientPropertiesOut(page).data)


class ClientPropertyView(ClientKeyView):
    """One property that a client was given."""

    noindex = True

    @swagger_auto_schema(
        operation_id="note_client_property",
        manual_parameters=[id_parameter("client_id"), id_parameter("address_id")],
        request_body=AssignmentChangesIn,
        responses={200: AssignedPropertyOut, 404: ErrorOut, **REFUSALS},
        **CLIENT_KEY,
    )
    def patch(self, request: Request, client_id: str, address_id: str) -> Response:
        """Note how far the client got with it."""
        assignment = services.note_assignment(
            client_id=id_in_path(client_id, name="client_id"),
            address_id=id_in_path(address_id, name="address_id"),
            **self.parse(AssignmentChangesIn),
        )
        return Response(AssignedPropertyOut(assignment).data)
