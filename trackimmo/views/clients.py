"""Administering clients."""

from typing import Final

from drf_yasg.utils import swagger_auto_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core.paths import id_in_path, id_parameter
from core.serializers import ErrorOut
from trackimmo import selectors, services
from trackimmo.serializers.base import NothingIn
from trackimmo.serializers.clients import (
    ClientChangesIn,
    ClientDetailOut,
    ClientIn,
    ClientOut,
    ClientRowOut,
    ClientsQuery,
)
from trackimmo.views.base import ADMIN_KEY, REFUSALS, AdminKeyView
from trackimmo.views.pages import paged

BY_ID: Final = [id_parameter("client_id")]


class ClientsView(AdminKeyView):
    """All clients."""

    query_serializer_class = ClientsQuery

    @swagger_auto_schema(
        operation_id="clients",
        query_serializer=ClientsQuery,
        responses={200: ClientRowOut(many=True), **REFUSALS},
        **ADMIN_KEY,
    )
    def get(self, request: Request) -> Response:
        """List clients, the newest first. `X-Total-Count` says how many there are in all."""
        return paged(selectors.client_page(**self.query), ClientRowOut)

    @swagger_auto_schema(
        operation_id="create_client",
        request_body=ClientIn,
        responses={201: ClientOut, 409: ErrorOut, **REFUSALS},
        **ADMIN_KEY,
    )
    def post(self, request: Request) -> Response:
        """Create a client. An active one is welcomed by e-mail."""
        client = services.create_client(**self.parse(ClientIn))
        return Response(ClientOut(client).data, status=status.HTTP_201_CREATED)


class ClientView(AdminKeyView):
    """One client."""

    @swagger_auto_schema(
        manual_parameters=BY_ID,
        responses={200: ClientDetailOut, 404: ErrorOut, **REFUSALS},
        **ADMIN_KEY,
    )
    def get(self, request: Request, client_id: str) -> Response:
        """Show a client with the chosen cities and the last jobs."""
        detail = selectors.client_detail(id_in_path(client_id, name="client_id"))
        return Response(ClientDetailOut(detail).data)

    @swagger_auto_schema(
        manual_parameters=BY_ID,
        request_body=ClientChangesIn,
        responses={200: ClientOut, 404: ErrorOut, 409: ErrorOut, **REFUSALS},
        **ADMIN_KEY,
    )
    def patch(self, request: Request, client_id: str) -> Response:
        """Change a client. One who becomes active for the first time is welcomed by e-mail."""
        changes = self.parse(ClientChangesIn)
        client = services.update_client(client_id=id_in_path(client_id, name="client_id"), **changes)
        return Response(ClientOut(client).data)

    @swagger_auto_schema(
        manual_parameters=BY_ID,
        responses={200: ClientOut, 404: ErrorOut, **REFUSALS},
        **ADMIN_KEY,
    )
    def delete(self, request: Request, client_id: str) -> Response:
        """Deactivate a client: nothing is deleted, and nothing is sent to him any more."""
        self.parse(NothingIn)
        client = services.deactivate_client(client_id=id_in_path(client_id, name="client_id"))
        return Response(ClientOut(client).data)
