"""Campaigns over HTTP: drafts, recipients, publishing and executing, and who may."""

from uuid import uuid4

import pytest

from core import tenancy
from core.outbox.models import OutboxEvent
from messaging.errors import CampaignNotPublished
from messaging.models import Campaign, CampaignRecipient, Contact, WhatsAppNumber
from messaging.services import campaigns as services
from tests.messaging.campaigns import URL, a_number, actions, at, published, some_contacts, statuses
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def number(in_scope) -> WhatsAppNumber:
    return a_number()


def sends() -> int:
    return OutboxEvent.objects.filter(topic="messaging.send").count()


NOBODY = dict.fromkeys(
    ["chosen", "queued", "sending", "unconfirmed", "sent", "failed", "delivered", "read", "total"], 0
)


def test_a_draft_is_written_from_the_only_number(admin, number, ours, counted):
    with counted("POST campaigns"):
        answer = admin.post(URL, {"name": "Spring", "body": "Spring is here"}, format="json")
    campaign = Campaign.objects.get()
    assert answer.status_code == 201
    data = answer.json()["data"]
    assert answer.json()["success"] is True
    assert {**data, "created_at": ""} == {
        "id": str(campaign.pk),
        "name": "Spring",
        "body": "Spring is here",
        "template_name": "",
        "template_language": "en",
        "template_parameters": [],
        "number_id": str(number.pk),
        "status": "draft",
        "created_by": str(ours.admin.pk),
        "created_at": "",
        "published_at": None,
        "executed_at": None,
        "recipients": NOBODY,
    }
    assert [action for action, _ in actions()] == ["create"]
    assert actions()[0][1]["status"] == [None, "draft"]


def test_with_several_numbers_one_must_be_said_and_must_be_ours(admin, number, theirs):
    a_number(phone_number_id="2")
    with tenancy.scope(theirs.organization.pk):
        other = a_number(phone_number_id="3")
    said = {"name": "Spring", "body": "Hello"}
    refused = [
        admin.post(URL, {**said, **more}, format="json")
        for more in ({}, {"number_id": str(other.pk)}, {"number_id": str(uuid4())})
    ]
    assert [answer.status_code for answer in refused] == [404, 404, 404]
    assert refused[0].json()["message"] == "There are several WhatsApp numbers: say number_id."
    assert Campaign.unscoped.count() == 0
    assert admin.post(URL, {**said, "number_id": str(number.pk)}, format="json").status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "x"}, "body"),
        ({"name": "x", "body": ""}, "body"),
        ({"name": 5, "body": "x"}, "name"),
        ({"name": "x" * 256, "body": "x"}, "name"),
        ({"name": "x", "body": "x" * 4097}, "body"),
        ({"name": "x", "body": "x", "template_parameters": "x"}, "template_parameters"),
        ({"name": "x", "body": "x", "template_parameters": [1]}, "template_parameters"),
        ({"name": "x", "body": "x", "number_id": "1"}, "number_id"),
        ({"name": "x", "body": "x", "status": "executed"}, "status"),
    ],
    ids=range(10),
)
def test_what_is_wrong_with_a_draft_is_named(body, field, admin, number):
    answer = admin.post(URL, body, format="json")
    assert answer.status_code == 400
    assert [name for name in answer.json()["errors"] if name.startswith(field)]
    assert Campaign.objects.count() == 0


def test_a_draft_changes_and_goes_and_nothing_else_does(admin, draft, counted):
    with counted("PATCH campaign"):
        answer = admin.patch(at(draft), {"body": "Summer is here"}, format="json")
    assert (answer.status_code, answer.json()["data"]["body"]) == (200, "Summer is here")
    assert actions()[-1] == ("update", {"body": ["Spring is here", "Summer is here"]})
    services.choose_recipients(campaign_id=draft.pk, contact_ids=[some_contacts(1)[0].pk])
    services.publish_campaign(campaign_id=draft.pk)
    before = len(actions())
    for answer in (
        admin.patch(at(draft), {"body": "x"}, format="json"),
        admin.post(at(draft, "recipients/"), {"filter": {}}, format="json"),
        admin.post(at(draft, "publish/"), {}, format="json"),
        admin.delete(at(draft)),
    ):
        assert answer.status_code == 409
        assert answer.json() == {"success": False, "message": "The campaign is no draft any more."}
    draft.refresh_from_db()
    assert draft.body == "Summer is here"
    assert len(actions()) == before


def test_a_draft_is_deleted(admin, draft):
    services.choose_recipients(campaign_id=draft.pk, contact_ids=[some_contacts(1)[0].pk])
    answer = admin.delete(at(draft))
    assert (answer.status_code, answer.json()["data"]["recipients"]["total"]) == (200, 1)
    assert (Campaign.objects.count(), CampaignRecipient.objects.count(), Contact.objects.count()) == (0, 0, 1)
    assert actions()[-1][0] == "delete"


def test_a_published_campaign_is_executed_once(admin, draft, counted):
    some_contacts(3)
    admin.post(at(draft, "recipients/"), {"filter": {}}, format="json")
    with counted("POST campaign publish"):
        assert admin.post(at(draft, "publish/"), {}, format="json").json()["data"]["status"] == "published"
    with counted("POST campaign execute"):
        answer = admin.post(at(draft, "execute/"), {}, format="json")
    assert answer.status_code == 200
    data = answer.json()["data"]
    assert (data["status"], data["recipients"]["queued"], data["recipients"]["total"]) == ("executed", 3, 3)
    assert actions()[-2:] == [
        ("update", {"status": ["draft", "published"]}),
        ("execute", {"status": ["published", "executed"]}),
    ]
    events = OutboxEvent.objects.filter(topic="messaging.send").values_list("pk", flat=True)
    assert set(events) == set(CampaignRecipient.objects.values_list("pk", flat=True))
    metrics = OutboxEvent.objects.filter(topic="analytics.event", payload__metric="campaigns_executed")
    assert metrics.count() == 1
    again = admin.post(at(draft, "execute/"), {}, format="json")
    assert again.status_code == 409
    assert again.json()["message"] == "The campaign is not published, or was executed before."
    assert (sends(), metrics.count()) == (3, 1)


def test_what_is_not_ready_is_not_sent(admin, draft, number):
    assert admin.post(at(draft, "publish/"), {}, format="json").json()["message"] == "The campaign has no recipients."
    assert admin.post(at(draft, "execute/"), {}, format="json").status_code == 409
    campaign = published(some_contacts(1))
    WhatsAppNumber.objects.update(is_active=False)
    answer = admin.post(at(campaign, "execute/"), {}, format="json")
    assert (answer.status_code, answer.json()["message"]) == (409, "The campaign's WhatsApp number is not active.")
    assert sends() == 0
    assert statuses(campaign) == {"chosen": 1}


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_execute_it_at_once_one_does(number, in_scope):
    campaign = published(some_contacts(5))
    outcomes = []

    def execute() -> None:
        try:
            services.execute_campaign(campaign_id=campaign.pk)
            outcomes.append("executed")
        except CampaignNotPublished:
            outcomes.append("refused")

    at_once([execute] * 8, organization_id=in_scope.pk)
    assert sorted(outcomes) == ["executed", *["refused"] * 7]
    assert sends() == 5


@pytest.mark.parametrize("role", ["client", "agent"])
def test_everybody_reads_and_only_admins_change(role, ours, logged_in, draft):
    some_contacts(1)
    person = logged_in(getattr(ours, role))
    for path in (URL, at(draft), at(draft, "recipients/")):
        assert person.get(path).status_code == 200
    for answer in (
        person.post(URL, {"name": "x", "body": "x"}, format="json"),
        person.patch(at(draft), {"name": "x"}, format="json"),
        person.delete(at(draft)),
        person.post(at(draft, "recipients/"), {"filter": {}}, format="json"),
        person.post(at(draft, "publish/"), {}, format="json"),
        person.post(at(draft, "execute/"), {}, format="json"),
    ):
        assert answer.status_code == 403
        assert answer.json()["message"] == "Only an admin may change and execute campaigns."
    draft.refresh_from_db()
    assert (draft.name, draft.status) == ("Spring", "draft")
    assert CampaignRecipient.objects.count() == 0


def test_campaigns_of_the_organization_next_door_do_not_exist(stranger, draft):
    for answer in (
        stranger.get(at(draft)),
        stranger.patch(at(draft), {"name": "x"}, format="json"),
        stranger.delete(at(draft)),
        stranger.get(at(draft, "recipients/")),
        stranger.post(at(draft, "recipients/"), {"filter": {}}, format="json"),
        stranger.post(at(draft, "publish/"), {}, format="json"),
        stranger.post(at(draft, "execute/"), {}, format="json"),
    ):
        assert (answer.status_code, answer.json()["message"]) == (404, "Campaign not found.")
    assert stranger.get(URL).json()["count"] == 0
    assert Campaign.objects.get().name == "Spring"


def test_campaigns_are_listed_newest_first_page_by_page(admin, number, counted):
    for index in range(5):
        services.create_campaign(name=f"Campaign {index}", body="x")
    found, cursor = [], None
    with counted("GET campaigns"):
        admin.get(URL)
    while True:
        page = admin.get(URL, {"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        found += [one["name"] for one in page["data"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert found == [f"Campaign {index}" for index in (4, 3, 2, 1, 0)]
    assert admin.get(URL, {"status": "executed"}).json()["count"] == 0
    assert admin.get(URL, {"status": "sent"}).status_code == 400


def test_a_campaign_shows_how_far_it_got(admin, number, counted):
    campaign = published(some_contacts(3))
    CampaignRecipient.objects.filter(contact__wa_id__endswith="1").update(status="failed")
    with counted("GET campaign"):
        data = admin.get(at(campaign)).json()["data"]
    assert data["recipients"] == {**NOBODY, "total": 3, "chosen": 2, "failed": 1}
    assert admin.get(at(campaign, "recipients/"), {"status": "failed"}).json()["count"] == 1
