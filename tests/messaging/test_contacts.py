"""`/api/v1/contacts/`, and contacts who come to be because they write."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from core import tenancy
from core.cursors import cursor_of
from core.outbox.models import OutboxEvent
from messaging.models import Contact
from messaging.selectors.contacts import matching
from messaging.services.contacts import contacts_of
from tests.messaging.conftest import CONTACTS
from tests.messaging.factories import THEN, ContactFactory
from tests.stored import audited
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def told_of_contacts() -> list[tuple[str, dict]]:
    return [(entry["action"], entry["changes"]) for entry in audited() if entry["resource_type"] == "contact"]


def metrics() -> int:
    return OutboxEvent.objects.filter(topic="analytics.event", payload__metric="contacts_created").count()


def names(answer) -> list[str]:
    return [item["name"] for item in answer.json()["data"]]


def test_a_contact_is_written_down(client, in_scope, counted):
    with counted("POST contacts"):
        answer = client.post(CONTACTS, {"wa_id": "+33 6 12 34 56 78", "name": " Ada "}, format="json")
    contact = Contact.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "success": True,
        "data": {
            "id": str(contact.pk),
            "wa_id": "33612345678",
            "name": "Ada",
            "opted_out_at": None,
            "created_at": contact.created_at.isoformat(timespec="microseconds"),
        },
    }
    assert told_of_contacts() == [("create", {"wa_id": [None, "33612345678"], "name": [None, "Ada"]})]
    assert metrics() == 1


@pytest.mark.parametrize("written", ["33612345678", "+33 (0)6 12 34 56 78", "+33612345678"])
def test_a_number_is_one_contact_however_it_is_written(client, contact, written):
    answer = client.post(CONTACTS, {"wa_id": written, "name": "Somebody else"}, format="json")
    assert answer.status_code == 409
    assert answer.json()["errors"] == {"wa_id": ["There is a contact with this number already."]}
    assert [row.name for row in Contact.objects.all()] == ["Ada"]
    assert (told_of_contacts(), metrics()) == ([], 0)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "wa_id"),
        ({"wa_id": "0612345678"}, "wa_id"),
        ({"wa_id": "call me"}, "wa_id"),
        ({"wa_id": 33612345678}, "wa_id"),
        ({"wa_id": "+33612345678", "name": "x" * 256}, "name"),
        ({"wa_id": "+33612345678", "opted_out": "yes"}, "opted_out"),
        ({"wa_id": "+33612345678", "surprise": 1}, "surprise"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_what_is_wrong_is_named_and_nobody_is_written_down(client, in_scope, said, field):
    answer = client.post(CONTACTS, said, format="json")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not Contact.objects.exists()


def test_a_contact_is_shown(client, contact, counted):
    with counted("GET contact"):
        answer = client.get(f"{CONTACTS}{contact.pk}/")
    assert (answer.status_code, answer.json()["data"]["name"]) == (200, "Ada")


def test_whoever_opts_out_and_in_again_is_recorded(client, contact, counted):
    with counted("PATCH contact"):
        out = client.patch(f"{CONTACTS}{contact.pk}/", {"opted_out": True, "name": "Ada L."}, format="json")
    assert out.status_code == 200
    contact.refresh_from_db()
    assert out.json()["data"]["opted_out_at"] == contact.opted_out_at.isoformat(timespec="microseconds")
    again = client.patch(f"{CONTACTS}{contact.pk}/", {"opted_out": True}, format="json")
    assert again.json() == out.json()
    back = client.patch(f"{CONTACTS}{contact.pk}/", {"opted_out": False}, format="json")
    assert back.json()["data"]["opted_out_at"] is None
    first, second = told_of_contacts()
    moment = out.json()["data"]["opted_out_at"]
    assert first == ("update", {"name": ["Ada", "Ada L."], "opted_out_at": [None, moment]})
    assert second == ("update", {"opted_out_at": [moment, None]})


def test_a_number_can_be_given_to_whom_a_file_only_named_and_not_changed(client, contact):
    named = ContactFactory(wa_id=None, name="Grace")
    taken = client.patch(f"{CONTACTS}{named.pk}/", {"wa_id": "33612345678"}, format="json")
    assert taken.status_code == 409
    given = client.patch(f"{CONTACTS}{named.pk}/", {"wa_id": "+44 20 7946 0958"}, format="json")
    assert (given.status_code, given.json()["data"]["wa_id"]) == (200, "442079460958")
    other = client.patch(f"{CONTACTS}{named.pk}/", {"wa_id": "+33 6 99 99 99 99"}, format="json")
    assert (other.status_code, other.json()["errors"]) == (400, {"wa_id": ["Cannot be changed."]})
    named.refresh_from_db()
    assert named.wa_id == "442079460958"


def test_a_strangers_contact_is_not_found_and_stays_as_it_is(stranger, contact):
    for answer in (
        stranger.get(f"{CONTACTS}{contact.pk}/"),
        stranger.patch(f"{CONTACTS}{contact.pk}/", {"name": "Mine"}, format="json"),
        stranger.get(f"{CONTACTS}{uuid4()}/"),
    ):
        assert (answer.status_code, answer.json()) == (404, {"success": False, "message": "Contact not found."})
    assert stranger.get(CONTACTS).json()["data"] == []
    contact.refresh_from_db()
    assert contact.name == "Ada"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Zoé", "Grace", "Ada"]),
        ({"q": "a"}, ["Grace", "Ada"]),
        ({"q": "ZOÉ"}, ["Zoé"]),
        ({"q": "06 12"}, ["Ada"]),
        ({"q": "+33 6 12 34"}, ["Ada"]),
        ({"q": "%"}, []),
        ({"q": ""}, ["Zoé", "Grace", "Ada"]),
        ({"opted_out": "true"}, ["Grace"]),
        ({"opted_out": "false", "q": "a"}, ["Ada"]),
    ],
    ids=str,
)
def test_contacts_are_found(client, in_scope, asked, found):
    for days, (name, wa_id, out) in enumerate(
        [("Ada", "33612345678", None), ("Grace", "442079460958", THEN), ("Zoé", None, None)]
    ):
        ContactFactory(name=name, wa_id=wa_id, opted_out_at=out, created_at=THEN + timedelta(days=days))
    answer = client.get(CONTACTS, asked)
    assert (names(answer), answer.json()["count"]) == (found, len(found))


@pytest.mark.parametrize(
    ("q", "found"),
    [
        *(("elan", ["Élan"]), ("ÉLAN", ["Élan"]), ("E\u0301la", ["Élan"]), ("strasse", ["Straße"])),
        *(("STRAßE", ["Straße"]), ("οδος", ["ΟΔΌΣ"]), ("１２３", ["Élan"]), ("élan 336", ["Élan"]), ("elam", [])),
    ],
    ids=ascii,
)
def test_contacts_are_found_without_their_accents_and_with_others(client, in_scope, q, found):
    for name, wa_id in (("Élan", "33612345678"), ("Straße", "4930000000"), ("ΟΔΌΣ", None)):
        ContactFactory(name=name, wa_id=wa_id)
    assert names(client.get(CONTACTS, {"q": q})) == found


@pytest.mark.parametrize("text", ["élan", "elan", "06 12 34"])
def test_contacts_are_found_from_their_index(text):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = matching(Contact.unscoped.order_by(), text).values("pk").explain()
    assert "Bitmap Index Scan on messaging_contact_search" in plan
    assert "regexp_replace" not in plan


def test_page_by_page_everybody_comes_once(client, in_scope, counted):
    for number in range(7):
        ContactFactory(name=str(number), created_at=THEN + timedelta(seconds=number // 3))
    with counted("GET contacts"):
        answer = client.get(CONTACTS, {"limit": 3})
    with counted("GET contacts, searched"):
        assert names(client.get(CONTACTS, {"q": "é 6"})) == []
    seen = names(answer)
    while cursor := answer.json()["next_cursor"]:
        answer = client.get(CONTACTS, {"limit": 3, "cursor": cursor})
        seen += names(answer)
    assert sorted(seen) == list("0123456")
    assert seen[0] == "6"


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": "0"},
        {"limit": "1001"},
        {"cursor": "x"},
        {"cursor": cursor_of(1, "no uuid")},
        {"cursor": cursor_of(2**62, str(UUID(int=1)))},
        {"opted_out": "maybe"},
        {"surprise": "1"},
    ],
    ids=["limit 0", "limit 1001", "no cursor", "no uuid", "no calendar", "maybe", "surprise"],
)
def test_what_cannot_be_asked_names_the_parameter(client, in_scope, asked):
    answer = client.get(CONTACTS, asked)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == list(asked)


def test_whoever_writes_becomes_a_contact_once(in_scope):
    found = contacts_of({"2": "Bob", "1": ""})
    assert list(found) == ["2", "1"]
    again = contacts_of({"1": " Ada ", "2": "Robert", "3": "x" * 300})
    assert [again[wa_id].pk for wa_id in "12"] == [found[wa_id].pk for wa_id in "12"]
    assert {wa_id: contact.name for wa_id, contact in again.items()} == {"1": "Ada", "2": "Bob", "3": "x" * 255}
    assert metrics() == 3
    assert sorted(action for action, _ in told_of_contacts()) == ["create", "create", "create", "update"]
    assert ("update", {"name": ["", "Ada"]}) in told_of_contacts()


def test_those_who_are_known_cost_one_query(in_scope, django_assert_num_queries):
    contacts_of({"1": "Ada", "2": "Bob"})
    with django_assert_num_queries(1):
        contacts_of({"2": "Bob", "1": "Ada"})


def test_a_number_is_another_contact_in_another_organization(in_scope, theirs):
    ours = contacts_of({"1": "Ada"})["1"]
    with tenancy.scope(theirs.organization.pk):
        assert contacts_of({"1": "Olga"})["1"].pk != ours.pk
    assert Contact.objects.get().name == "Ada"


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_each_contact_once(ours):
    found, wa_ids = [], [str(number) for number in range(20)]

    def write(turn: int) -> None:
        order = wa_ids if turn % 2 else wa_ids[::-1]
        found.append({wa_id: one.pk for wa_id, one in contacts_of(dict.fromkeys(order, f"Name {turn}")).items()})

    at_once([lambda turn=turn: write(turn) for turn in range(8)], organization_id=ours.organization.pk)
    assert len(found) == 8
    assert all(one == found[0] for one in found)
    with tenancy.scope(ours.organization.pk):
        assert Contact.objects.count() == metrics() == 20
