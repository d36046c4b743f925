"""Numbers, account events, campaigns and unrouted webhooks as staff and operators see them."""

import pytest
from django.urls import reverse
from prometheus_client import generate_latest

from core.health.scraping import registry
from messaging.models import Campaign, UnroutedWebhook, WhatsAppNumber
from messaging.services import campaigns as services
from tests.messaging.campaigns import a_number, published, some_contacts, statuses
from tests.messaging.webhooks import NOTHING, payload, post, stored_rows, text
from tests.stored import audited

pytestmark = pytest.mark.django_db

FORM = {
    "phone_number_id": "106540352242922",
    "business_account_id": "102290129340398",
    "display_number": "+1 555",
    "access_token": "EAAG-a-secret-token-of-ours",
    "is_active": "on",
}


def gauge(name: str) -> list[str]:
    return [line for line in generate_latest(registry()).decode().splitlines() if line.startswith(name)]


def test_a_number_that_is_registered_in_the_admin_takes_in_what_came_before(staff, in_scope):
    body = payload({"messages": [text("wamid.1")]}, phone="106540352242922", account="102290129340398")
    for _ in range(2):
        assert post(body).status_code == 200
    assert stored_rows() == {**NOTHING, "UnroutedWebhook": 1}
    assert gauge("switchboard_messaging_unrouted_webhooks") == ["switchboard_messaging_unrouted_webhooks 1.0"]
    assert staff.post(reverse("admin:messaging_whatsappnumber_add"), FORM).status_code == 302
    assert stored_rows() == {**NOTHING, "Contact": 1, "Conversation": 1, "Delivery": 1}
    [entry] = [one for one in audited() if one["resource_type"] == "whatsapp_number"]
    assert entry["action"] == "create"
    assert entry["changes"]["access_token"] == [None, "[redacted]"]


def test_a_token_is_never_shown_and_stays_when_nothing_is_typed(staff, in_scope):
    number = a_number(access_token="EAAG-a-secret-token-of-ours")
    page = reverse("admin:messaging_whatsappnumber_change", args=[number.pk])
    shown = staff.get(page).content.decode()
    assert "EAAG-a-secret" not in shown
    assert "…ours" in shown
    assert staff.post(page, {**FORM, "access_token": "", "display_number": "+1 556"}).status_code == 302
    number.refresh_from_db()
    assert (number.access_token, number.display_number) == ("EAAG-a-secret-token-of-ours", "+1 556")


def test_a_number_that_another_organization_has_is_refused(staff, theirs, in_scope):
    number = a_number()
    WhatsAppNumber.unscoped.filter(pk=number.pk).update(organization=theirs.organization)
    answer = staff.post(reverse("admin:messaging_whatsappnumber_add"), FORM)
    assert answer.status_code in {200, 302}
    assert WhatsAppNumber.unscoped.count() == 1


def test_a_paused_number_is_resumed_in_the_admin(staff, in_scope):
    number = a_number(paused_at="2026-01-01T00:00:00Z", pause_reason="The token has expired.")
    assert gauge("switchboard_messaging_paused_numbers") == ["switchboard_messaging_paused_numbers 1.0"]
    pages = reverse("admin:messaging_whatsappnumber_changelist")
    assert "The token has expired." in staff.get(pages).content.decode()
    assert staff.post(pages, {"action": "resume", "_selected_action": [str(number.pk)]}).status_code == 302
    number.refresh_from_db()
    assert (number.paused_at, number.pause_reason) == (None, "")


def test_campaigns_are_published_and_executed_in_the_admin(staff, in_scope):
    a_number()
    some_contacts(2)
    campaign = services.create_campaign(name="Spring", body="Spring is here")
    pages = reverse("admin:messaging_campaign_changelist")
    for action, status in (("execute", "draft"), ("choose_everybody", "draft"), ("publish", "published")):
        assert staff.post(pages, {"action": action, "_selected_action": [str(campaign.pk)]}).status_code == 302
        assert Campaign.objects.get().status == status
    assert staff.post(pages, {"action": "execute", "_selected_action": [str(campaign.pk)]}).status_code == 302
    assert Campaign.objects.get().status == "executed"
    assert statuses(campaign) == {"queued": 2}
    assert 'switchboard_messaging_recipients{status="queued"} 2.0' in gauge("switchboard_messaging_recipients")
    page = staff.get(reverse("admin:messaging_campaign_change", args=[campaign.pk])).content.decode()
    assert "2 queued" in page


@pytest.mark.parametrize("name", ["campaign", "campaignrecipient", "delivery", "accountevent", "unroutedwebhook"])
def test_every_list_shows(name, staff, in_scope):
    a_number()
    published(some_contacts(1))
    UnroutedWebhook.objects.create(phone_number_id="1", business_account_id="2", change={}, digest="x")
    assert staff.get(reverse(f"admin:messaging_{name}_changelist")).status_code == 200
