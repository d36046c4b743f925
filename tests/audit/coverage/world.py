"""Something of everything, in our organization: what the calls of the coverage test work on."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from messaging.models import Campaign
from messaging.services import campaigns
from messaging.services.conversations import close_conversation
from tests.agents.factories import AIAgentFactory, CallbackFactory, CallFactory, CustomerFactory
from tests.conftest import Company
from tests.messaging.factories import ContactFactory, ConversationFactory, WhatsAppNumberFactory
from tests.profiles.factories import LoggedOutProfileFactory
from tests.trackimmo.factories import CityFactory, ClientFactory, JobFactory, PropertyFactory
from trackimmo.models import Assignment, Client, ProcessingJob
from trackimmo.services.notification.links import unsubscribe_token

WHATSAPP_TOKEN = "a-whatsapp-token"


class World:
    """`ids` are what stands in paths, by the names of their placeholders, and what entries are about."""

    def __init__(self, ours: Company, request: pytest.FixtureRequest) -> None:
        self.ours = ours
        self.fixture = request.getfixturevalue
        self.record = LoggedOutProfileFactory()
        self.agent = AIAgentFactory(owner=ours.client)
        self.customer = CustomerFactory(agent=self.agent)
        self.callback = CallbackFactory(customer=self.customer)
        self.city = CityFactory()
        self.client: Client = ClientFactory(cities=[self.city])
        self.sale = PropertyFactory(city=self.city)
        self.number = WhatsAppNumberFactory(access_token=WHATSAPP_TOKEN)
        self.contact = ContactFactory()
        self.conversation = ConversationFactory(contact=self.contact, number=self.number)
        self.campaign = campaigns.create_campaign(name="Spring", body="Spring is here")
        self.ids = {
            "organization_id": ours.organization.pk,
            "admin_id": ours.admin.pk,
            "user_id": ours.client.pk,
            "record_id": self.record.pk,
            "agent_id": self.agent.pk,
            "customer_id": self.customer.pk,
            "callback_id": self.callback.pk,
            "client_id": self.client.pk,
            "address_id": self.sale.pk,
            "city_id": self.city.pk,
            "number_id": self.number.pk,
            "contact_id": self.contact.pk,
            "conversation_id": self.conversation.conversation_id,
            "campaign_id": self.campaign.pk,
            "email": "alice@uni.test",
            "token": unsubscribe_token(self.client),
        }

    def path(self, template: str, ids: dict[str, Any] | None = None) -> str:
        """The template with its placeholders filled with the world's ids, or with those told."""
        names = [part.strip("<>").split(":")[-1] if part.startswith("<") else "" for part in template.split("/")]
        known = {**self.ids, **(ids or {})}
        return "/".join(
            str(known[name]) if name else part for name, part in zip(names, template.split("/"), strict=True)
        )


def assigned(world: World) -> None:
    """The client was given the property."""
    sale = world.sale
    row = Assignment.objects.create(client=world.client, property=sale, address_key=sale.address_key)
    world.ids["assignment_id"] = row.pk


def an_ended_job(world: World) -> ProcessingJob:
    """A job of the client's that ended long ago."""
    return JobFactory(client=world.client, status="completed", finished_at=timezone.now() - timedelta(days=400))


def a_failed_attempt(world: World) -> None:
    """A job of the client's that waits for another attempt."""
    later = timezone.now() + timedelta(hours=1)
    job = JobFactory(client=world.client, requested_count=1, attempt_count=1, error_message="x", available_at=later)
    world.ids["job_id"] = job.pk


def in_progress(world: World) -> None:
    """The agent calls the customer."""
    world.ids["call_id"] = CallFactory(customer=world.customer, status="in_progress").pk


def closed(world: World) -> None:
    """The conversation is closed."""
    close_conversation(conversation_id=world.conversation.conversation_id, by=world.ours.admin)


def with_recipients(world: World) -> None:
    """The campaign goes to the contact."""
    campaigns.choose_recipients(campaign_id=world.campaign.pk, contact_ids=[world.contact.pk])


def published(world: World) -> Campaign:
    """The campaign can be executed."""
    with_recipients(world)
    return campaigns.publish_campaign(campaign_id=world.campaign.pk)


def upstream_users(world: World) -> None:
    """The upstream has a user."""
    world.fixture("upstream").set_users([world.ids["email"]])


def fetched_users(world: World) -> None:
    """We know the upstream's user, too."""
    upstream_users(world)
    assert world.fixture("gatekeeper").get("/api/v1/fetch-users").status_code == 200
