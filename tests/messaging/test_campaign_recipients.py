"""Who gets a campaign: chosen over HTTP, from those who can be written to."""

import pytest
from django.utils.timezone import now

from core import tenancy
from messaging.models import CampaignRecipient, Contact
from messaging.services.conversations import conversation_with
from tests.messaging.campaigns import actions, at, some_contacts

pytestmark = pytest.mark.django_db


def test_recipients_are_chosen_by_their_ids_without_those_who_cannot_be_written_to(admin, draft, counted):
    good, other, out = some_contacts(3)
    Contact.objects.filter(pk=out.pk).update(opted_out_at=now())
    bare = Contact.objects.create(name="From a file")
    ids = [str(one.pk) for one in (good, good, out, bare)]
    with counted("POST campaign recipients"):
        answer = admin.post(at(draft, "recipients/"), {"contact_ids": ids}, format="json")
    assert answer.json() == {"success": True, "data": {"added": 1, "excluded": 2, "total": 1}}
    assert actions()[-1] == ("update", {"recipients": [0, 1]})
    answer = admin.post(at(draft, "recipients/"), {"contact_ids": [str(good.pk), str(other.pk)]}, format="json")
    assert answer.json()["data"] == {"added": 1, "excluded": 0, "total": 2}
    answer = admin.post(at(draft, "recipients/"), {"contact_ids": [str(other.pk)], "replace": True}, format="json")
    assert answer.json()["data"] == {"added": 1, "excluded": 0, "total": 1}
    with counted("GET campaign recipients"):
        listed = admin.get(at(draft, "recipients/")).json()
    assert (listed["count"], listed["next_cursor"]) == (1, None)
    assert listed["data"][0]["contact_id"] == str(other.pk)
    assert listed["data"][0]["status"] == "chosen"


def test_recipients_are_chosen_by_when_they_wrote_last(admin, draft, number):
    recent, old, never = some_contacts(3)
    moment = now()
    for contact, last in ((recent, moment), (old, moment.replace(year=2020))):
        conversation = conversation_with(contact=contact, number=number, at=last)
        type(conversation).objects.filter(pk=conversation.pk).update(last_message_at=last)
    told = {"filter": {"active_since": moment.replace(year=2021).isoformat()}}
    assert admin.post(at(draft, "recipients/"), told, format="json").json()["data"]["total"] == 1
    assert CampaignRecipient.objects.get().contact_id == recent.pk
    assert admin.post(at(draft, "recipients/"), {"filter": {}}, format="json").json()["data"]["total"] == 3
    assert never.pk in CampaignRecipient.objects.values_list("contact_id", flat=True)


def test_a_contact_who_is_not_ours_is_404_and_nobody_is_chosen(admin, draft, theirs):
    mine = some_contacts(1)[0]
    with tenancy.scope(theirs.organization.pk):
        other = Contact.objects.create(wa_id="1234567")
    answer = admin.post(at(draft, "recipients/"), {"contact_ids": [str(mine.pk), str(other.pk)]}, format="json")
    assert (answer.status_code, answer.json()["message"]) == (404, "Contact not found.")
    assert CampaignRecipient.unscoped.count() == 0
    assert admin.post(at(draft, "recipients/"), {"filter": {}}, format="json").json()["data"]["total"] == 1


@pytest.mark.parametrize(
    "body",
    [{}, {"contact_ids": []}, {"contact_ids": ["x"]}, {"filter": {}, "contact_ids": ["1"]}, {"filter": 1}],
    ids=range(5),
)
def test_who_gets_it_must_be_said_one_way(body, admin, draft):
    some_contacts(1)
    assert admin.post(at(draft, "recipients/"), body, format="json").status_code == 400
    assert CampaignRecipient.objects.count() == 0
