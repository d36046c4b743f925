"""The cast: people of ours, the admin next door, and collections without a message."""

from pathlib import Path

import pytest
from rest_framework.test import APIClient

from core.testing.mongo import start_empty
from messaging.documents import MESSAGES
from messaging.models import Campaign, Contact, WhatsAppNumber
from messaging.services.campaigns import create_campaign
from tests.counting import counting
from tests.messaging.factories import ContactFactory, WhatsAppNumberFactory

HISTORY = "/api/v1/message-history/conversation/"
MESSAGES_URL = "/api/v1/message-history/messages/"
CONTACTS = "/api/v1/contacts/"
CONVERSATIONS = "/api/v1/conversations/"


def known(person: APIClient) -> APIClient:
    """The door has seen him before, and so counts no query of its own."""
    assert person.get("/api/v1/auth/me/").status_code == 200
    return person


@pytest.fixture
def messages(db) -> None:
    """No message is stored yet."""
    start_empty(MESSAGES)


@pytest.fixture
def admin(ours, logged_in) -> APIClient:
    """An admin of ours."""
    return known(logged_in(ours.admin))


@pytest.fixture
def client(ours, logged_in) -> APIClient:
    """A client of ours: his role changes nothing about contacts, conversations and messages."""
    return known(logged_in(ours.client))


@pytest.fixture
def stranger(theirs, logged_in) -> APIClient:
    """The admin of the organization next door."""
    return logged_in(theirs.admin)


@pytest.fixture
def contact(in_scope) -> Contact:
    """Somebody at the other end."""
    return ContactFactory(name="Ada", wa_id="33612345678")


@pytest.fixture
def number(in_scope) -> WhatsAppNumber:
    """A number of ours."""
    return WhatsAppNumberFactory()


@pytest.fixture
def draft(number) -> Campaign:
    """A campaign of nobody's yet."""
    return create_campaign(name="Spring", body="Spring is here")


@pytest.fixture
def counted():
    """`with counted("GET contacts"):` asserts how many queries the block runs."""
    return counting(Path(__file__).with_name("query_counts.json"))
