"""Contacts and conversations in the Django admin."""

from uuid import UUID

import pytest
from django.urls import reverse

from core import tenancy
from core.outbox.models import OutboxEvent
from messaging.models import CampaignRecipient, Contact, Conversation
from tests.messaging.campaigns import a_number, published
from tests.messaging.factories import THEN, ContactFactory, ConversationFactory, new_message, store
from tests.stored import audited

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("messages")]


def page(kind: str, name: str, *arguments: object) -> str:
    return reverse(f"admin:messaging_{kind}_{name}", args=arguments)


def told(resource_type: str) -> list[tuple[str, dict]]:
    return [(entry["action"], entry["changes"]) for entry in audited() if entry["resource_type"] == resource_type]


def act(staff, kind: str, action: str, *rows) -> str:
    form = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return staff.post(page(kind, "changelist"), form, follow=True).content.decode()


def test_a_contact_is_written_down_as_by_the_api(staff, in_scope):
    answer = staff.post(page("contact", "add"), {"wa_id": "+33 6 12 34 56 78", "name": "Ada", "opted_out": "on"})
    assert answer.status_code == 302
    contact = Contact.objects.get()
    assert (contact.wa_id, contact.name) == ("33612345678", "Ada")
    assert contact.opted_out_at is not None
    assert [action for action, _ in told("contact")] == ["create"]
    assert OutboxEvent.objects.filter(payload__metric="contacts_created").count() == 1


@pytest.mark.parametrize(
    ("written", "reason"),
    [("0612345678", "Must begin with"), ("33612345678", "There is a contact with this number already.")],
)
def test_what_the_api_refuses_is_refused_in_words(staff, contact, written, reason):
    answer = staff.post(page("contact", "add"), {"wa_id": written, "name": "Bob"}, follow=True)
    assert reason in answer.content.decode()
    assert [row.name for row in Contact.objects.all()] == ["Ada"]
    assert told("contact") == []


def test_only_what_was_changed_is_changed_and_a_number_stays(staff, contact):
    staff.post(page("contact", "change", contact.pk), {"name": "Ada L.", "wa_id": "442079460958"})
    contact.refresh_from_db()
    assert (contact.name, contact.wa_id, contact.opted_out_at) == ("Ada L.", "33612345678", None)
    assert told("contact") == [("update", {"name": ["Ada", "Ada L."]})]


@pytest.mark.parametrize("q", ["adà", "06 12", "wamid.ada"])
def test_recipients_are_found_by_their_contacts_and_their_messages(staff, in_scope, q):
    ada, grace = ContactFactory(name="Ada", wa_id="33612345678"), ContactFactory(name="Grace", wa_id="442079460958")
    a_number()
    published([ada, grace])
    CampaignRecipient.objects.filter(contact=ada).update(wamid="wamid.ADA")
    listed = staff.get(page("campaignrecipient", "changelist"), {"q": q}).context["cl"]
    assert [row.contact for row in listed.result_list] == [ada]


@pytest.mark.parametrize("q", ["06 12", "ÀDÀ"])
def test_contacts_are_found_as_by_the_api(staff, contact, q):
    ContactFactory(name="Grace", wa_id="442079460958")
    found = staff.get(page("contact", "changelist"), {"q": q}).content.decode()
    assert "Ada" in found
    assert "Grace" not in found


def test_nobody_is_deleted(staff, contact):
    assert staff.post(page("contact", "delete", contact.pk), {"post": "yes"}).status_code == 403
    assert Contact.objects.exists()


def test_a_conversation_shows_what_was_said_last(staff, contact):
    conversation = ConversationFactory(contact=contact)
    store(new_message(conversation.conversation_id, content="<b>Hello</b>"))
    shown = staff.get(page("conversation", "change", conversation.pk)).content.decode()
    assert "&lt;b&gt;Hello&lt;/b&gt;" in shown
    assert "<b>Hello</b>" not in shown


def test_a_conversation_is_shown_while_mongodb_is_away(staff, contact, settings):
    conversation = ConversationFactory(contact=contact)
    settings.MONGODB_URI = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=10"
    answer = staff.get(page("conversation", "change", conversation.pk))
    assert answer.status_code == 200
    assert "MongoDB is not available" in answer.content.decode()


def test_a_conversation_is_found_by_its_id_and_its_contact(staff, contact):
    ours = ConversationFactory(contact=contact, conversation_id=UUID(int=1))
    ConversationFactory(conversation_id=UUID(int=2))
    for asked in ({"q": str(ours.conversation_id)}, {"contact__id__exact": str(contact.pk)}):
        found = staff.get(page("conversation", "changelist"), asked).content.decode()
        assert str(UUID(int=1)) in found
        assert str(UUID(int=2)) not in found
    nothing = staff.get(page("conversation", "changelist"), {"q": "no id"}).content.decode()
    assert str(UUID(int=1)) not in nothing


def test_those_that_are_chosen_are_closed_and_opened_again(staff, ours, contact):
    conversation = ConversationFactory(contact=contact)
    closed = ConversationFactory(status="closed", closed_at=THEN)
    said = act(staff, "conversation", "close", conversation, closed)
    assert f"{conversation.conversation_id} is closed." in said
    assert "The conversation is closed already." in said
    conversation.refresh_from_db()
    assert (conversation.status, conversation.closed_by_id) == ("closed", ours.admin.pk)
    act(staff, "conversation", "reopen", conversation)
    assert [action for action, _ in told("conversation")] == ["close", "reopen"]
    conversation.refresh_from_db()
    assert conversation.status == "open"


def test_the_neighbours_rows_are_not_there(staff, theirs):
    with tenancy.scope(theirs.organization.pk):
        contact, conversation = ContactFactory(name="Olga's friend"), ConversationFactory()
    for kind, row in (("contact", contact), ("conversation", conversation)):
        assert "Olga" not in staff.get(page(kind, "changelist")).content.decode()
        assert staff.get(page(kind, "change", row.pk)).status_code == 302
    act(staff, "conversation", "close", conversation)
    assert Conversation.unscoped.get().status == "open"
