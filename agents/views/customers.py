"""Customers."""

from typing import Final
from uuid import UUID

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.permissions import Resource
from agents.selectors.customers import customer_detail, customers_page
from agents.serializers.base import ErrorOut
from agents.serializers.customers import (
    CustomerChangesIn,
    CustomerDoneOut,
    CustomerIn,
    CustomerShownOut,
    CustomersOut,
    CustomersQuery,
)
from agents.services.customers import create_customer, delete_customer, replace_customer, update_customer
from agents.services.facts import call_shown, callback_shown, customer_shown
from agents.views.base import AgentsView
from core.paths import id_parameter
from core.wording import counted

TAG: Final = {"tags": ["Customers"], "security": [{"Bearer": []}]}
REFUSALS: Final = {400: ErrorOut, 401: ErrorOut, 403: ErrorOut, 429: ErrorOut}
OF_ONE: Final = {404: ErrorOut, **REFUSALS}
BY_ID: Final = [id_parameter("customer_id")]


class CustomersView(AgentsView):
    """All customers that the caller sees."""

    resource = Resource.CUSTOMERS
    query_serializer_class = CustomersQuery

    @swagger_auto_schema(
        operation_id="customers", query_serializer=CustomersQuery, responses={200: CustomersOut, **REFUSALS}, **TAG
    )
    def get(self, request: Request) -> Response:
        """List customers, the newest first unless told, and how many there are of each interest level."""
        page = customers_page(self.actor, **self.query)
        return self.listed(page.items, page.total_count, page.summary)

    @swagger_auto_schema(
        operation_id="create_customer",
        request_body=CustomerIn,
        responses={201: CustomerDoneOut, 404: ErrorOut, 409: ErrorOut, **REFUSALS},
        **TAG,
    )
    def post(self, request: Request) -> Response:
        """Write a customer of an AI agent down. A phone number is the agent's customer's only once."""
        customer = create_customer(by=self.actor, **self.parse(CustomerIn))
        return self.done("Customer created successfully", "customer", customer_shown(customer), created=True)


class CustomerView(AgentsView):
    """One customer."""

    resource = Resource.CUSTOMERS

    @swagger_auto_schema(
        operation_id="customer", manual_parameters=BY_ID, responses={200: CustomerShownOut, **OF_ONE}, **TAG
    )
    def get(self, request: Request, customer_id: UUID) -> Response:
        """Show a customer with his last calls and his open callbacks."""
        found = customer_detail(self.actor, customer_id)
        shown = {
            **customer_shown(found.customer),
            "call_history": [call_shown(call) for call in found.calls],
            "callbacks": [callback_shown(callback) for callback in found.callbacks],
        }
        return self.done("Customer retrieved successfully", "customer", shown)

    @swagger_auto_schema(
        operation_id="replace_customer",
        manual_parameters=BY_ID,
        request_body=CustomerIn,
        responses={200: CustomerDoneOut, 409: ErrorOut, **OF_ONE},
        **TAG,
    )
    def put(self, request: Request, customer_id: UUID) -> Response:
        """Describe a customer anew. What is left out gets its default; interest and do_not_call stay."""
        customer = replace_customer(customer_id=customer_id, by=self.actor, **self.parse(CustomerIn))
        return self.done("Customer updated successfully", "customer", customer_shown(customer))

    @swagger_auto_schema(
        operation_id="update_customer",
        manual_parameters=BY_ID,
        request_body=CustomerChangesIn,
        responses={200: CustomerDoneOut, 409: ErrorOut, **OF_ONE},
        **TAG,
    )
    def patch(self, request: Request, customer_id: UUID) -> Response:
        """Change what is given of a customer. Preferences merge, and null takes one away."""
        customer = update_customer(customer_id=customer_id, by=self.actor, **self.parse(CustomerChangesIn))
        return self.done("Customer updated successfully", "customer", customer_shown(customer))

    @swagger_auto_schema(
        operation_id="delete_customer",
        manual_parameters=BY_ID,
        responses={200: CustomerDoneOut, 409: ErrorOut, **OF_ONE},
        **TAG,
    )
    def delete(self, request: Request, customer_id: UUID) -> Response:
        """Delete a customer with his calls and callbacks, and answer with him as he was."""
        gone = delete_customer(customer_id=customer_id, by=self.actor)
        went = f"{counted(gone.calls, 'call')} and {counted(gone.callbacks, 'callback')}"
        message = f"Customer deleted successfully, with {went}"
        return self.done(message, "customer", customer_shown(gone.customer))
