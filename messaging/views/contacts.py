"""Contacts."""

from typing import Final
from uuid import UUID

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.paths import id_parameter
from core.reading import REFUSALS, FailureOut
from messaging.selectors.contacts import contact, contacts
from messaging.serializers.contacts import ContactChangesIn, ContactDoneOut, ContactIn, ContactsOut, ContactsQuery
from messaging.services.facts import contact_shown
from messaging.services.keeping import create_contact, update_contact
from messaging.views.base import MISSING, MessagingView, tagged

TAG: Final = tagged("Contacts")
BY_ID: Final = [id_parameter("contact_id")]


class ContactsView(MessagingView):
    """All contacts."""

    query_serializer_class = ContactsQuery

    @swagger_auto_schema(
        operation_id="contacts", query_serializer=ContactsQuery, responses={200: ContactsOut, **REFUSALS}, **TAG
    )
    def get(self, request: Request) -> Response:
        """List contacts, the newest first."""
        page = contacts(**self.query)
        return self.listed([contact_shown(row) for row in page.rows], page.next_cursor)

    @swagger_auto_schema(
        operation_id="create_contact",
        request_body=ContactIn,
        responses={201: ContactDoneOut, 409: FailureOut, **REFUSALS},
        **TAG,
    )
    def post(self, request: Request) -> Response:
        """Write a contact down. Whoever writes to a number of yours becomes one by himself."""
        return self.done(contact_shown(create_contact(**self.parse(ContactIn))), created=True)


class ContactView(MessagingView):
    """One contact."""

    @swagger_auto_schema(
        operation_id="contact", manual_parameters=BY_ID, responses={200: ContactDoneOut, **MISSING}, **TAG
    )
    def get(self, request: Request, contact_id: UUID) -> Response:
        """Show a contact."""
        return self.done(contact_shown(contact(contact_id)))

    @swagger_auto_schema(
        operation_id="update_contact",
        manual_parameters=BY_ID,
        request_body=ContactChangesIn,
        responses={200: ContactDoneOut, 409: FailureOut, **MISSING},
        **TAG,
    )
    def patch(self, request: Request, contact_id: UUID) -> Response:
        """Change what is given of a contact. Who opted out gets no campaign until he opts in again."""
        return self.done(contact_shown(update_contact(contact_id=contact_id, **self.parse(ContactChangesIn))))
