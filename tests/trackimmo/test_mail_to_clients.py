"""The welcome and the reminder: right words, right typography, and cheap enough for ten thousand at once."""

import re
from datetime import date

import pytest
import time_machine
from django.utils import translation

from tests.stored import queued_mails
from tests.trackimmo.factories import CityFactory, ClientFactory
from trackimmo.models import Client
from trackimmo.services import notification
from trackimmo.services.notification import wording

pytestmark = pytest.mark.django_db

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def customer(city):
    """Our client, who has chosen two cities."""
    return ClientFactory(cities=[city, CityFactory(name="Annecy")], send_day=1)


def reminder(client: Client, due_on: date) -> dict:
    notification.queue_reminder(client=client, due_on=due_on)
    return queued_mails("client_reminder")[-1]


@time_machine.travel("2027-02-28T10:00:00Z")
def test_the_reminder_says_when_how_many_and_where(customer):
    mail = reminder(customer, date(2027, 3, 1))
    assert (mail["to"], mail["subject"]) == (customer.email, "Vos nouvelles adresses arrivent le lundi 1er mars")
    sentence = (
        f"Demain, lundi 1er{NBSP}mars, vous recevrez environ 10{NBSP}nouvelles adresses dans vos villes{NBSP}:"
        " Annecy et Lyon."
    )
    assert sentence in mail["text"]
    assert sentence in mail["html"]
    assert "Modifier mes choix" in mail["text"]


@time_machine.travel("2027-02-28T10:00:00Z")
def test_the_reminder_in_english(customer):
    customer.language = "en"
    mail = reminder(customer, date(2027, 3, 1))
    assert mail["subject"] == "Your new addresses arrive on Monday 1 March"
    assert (
        f"Tomorrow, Monday 1{NBSP}March, you receive about 10 new addresses in your cities: Annecy and Lyon."
        in mail["text"]
    )


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2027-02-27T22:59:00Z", f"Le lundi 1er{NBSP}mars, vous recevrez"),  # still the 27th in Paris
        ("2027-02-27T23:01:00Z", f"Demain, lundi 1er{NBSP}mars, vous recevrez"),
        ("2027-02-28T22:59:00Z", f"Demain, lundi 1er{NBSP}mars, vous recevrez"),
        ("2027-02-28T23:01:00Z", f"Le lundi 1er{NBSP}mars, vous recevrez"),
    ],
)
def test_tomorrow_is_said_only_if_it_is_tomorrow_in_paris(customer, now, words):
    with time_machine.travel(now):
        assert words in reminder(customer, date(2027, 3, 1))["text"]


def test_one_address_is_one(customer):
    customer.addresses_per_report = 1
    assert f"environ 1{NBSP}nouvelle adresse dans" in reminder(customer, date(2027, 3, 2))["text"]
    customer.language = "en"
    assert "about 1 new address in" in reminder(customer, date(2027, 3, 2))["text"]


def test_a_reminder_costs_one_insert_where_the_cities_are_there(customer, django_assert_num_queries):
    [client] = Client.objects.prefetch_related("chosen_cities").filter(pk=customer.pk)
    with django_assert_num_queries(1):
        notification.queue_reminder(client=client, due_on=date(2027, 3, 1))


def test_the_welcome_repeats_what_was_chosen(customer):
    customer.send_day, customer.property_type_preferences = 31, ["house", "land", "commercial"]
    notification.queue_welcome(client=customer)
    [mail] = queued_mails()
    assert (mail["to"], mail["kind"], mail["subject"]) == (
        customer.email,
        "client_welcome",
        "Bienvenue chez TrackImmo",
    )
    for line in (
        f"- Villes{NBSP}: Annecy et Lyon",
        f"- Biens{NBSP}: Maisons, terrains et locaux commerciaux",
        f"- Chaque envoi{NBSP}: 10{NBSP}adresses",
        f"- Quand{NBSP}: Le 31 de chaque mois, ou le dernier jour du mois",
    ):
        assert line in mail["text"].splitlines()


def test_the_welcome_in_english_and_with_nothing_chosen(in_scope):
    client = ClientFactory(language="en", send_day=22, property_type_preferences=[])
    notification.queue_welcome(client=client)
    [mail] = queued_mails()
    assert mail["subject"] == "Welcome to TrackImmo"
    for line in (
        "- Cities: none yet",
        "- Properties: none yet",
        "- Each report: 10 addresses",
        "- When: On the 22nd of each month",
    ):
        assert line in mail["text"].splitlines()


@pytest.mark.parametrize(("language", "wrong"), [("fr", f"[^{NBSP}][:;!?]"), ("en", f"[ {NBSP}][:;!?]")])
def test_punctuation_stands_as_the_language_wants_it(customer, language, wrong):
    customer.language = language
    notification.queue_welcome(client=customer)
    notification.queue_reminder(client=customer, due_on=date(2027, 3, 1))
    notification.queue_client_notification(client=customer, assignment_ids=[])
    mails = queued_mails()
    assert len(mails) == 3
    for mail in mails:
        prose = re.sub(r"(https?://|mailto:)\S+", "", mail["text"])
        assert ":" in prose
        assert re.findall(wrong, prose) == []
        assert "'" not in prose


@pytest.mark.parametrize(
    ("language", "day", "words"),
    [
        ("fr", 1, "le 1er de chaque mois"),
        ("fr", 2, "le 2 de chaque mois"),
        ("fr", 28, "le 28 de chaque mois"),
        ("fr", 29, "le 29 de chaque mois, ou le dernier jour du mois"),
        ("en", 1, "on the 1st of each month"),
        ("en", 2, "on the 2nd of each month"),
        ("en", 3, "on the 3rd of each month"),
        ("en", 11, "on the 11th of each month"),
        ("en", 31, "on the 31st of each month, or on its last day"),
    ],
)
def test_days_of_a_month_are_worded(language, day, words):
    with translation.override(language):
        assert wording.monthly_on(day) == words


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([], "à choisir"),
        (["Lyon"], "Lyon"),
        (["Annecy", "Le Mans"], "Annecy et Le Mans"),
        (list("ABCDEF"), "A, B, C, D, E et F"),
        (list("ABCDEFG"), "A, B, C, D, E et 2 autres villes"),
    ],
)
def test_cities_are_listed_and_many_are_counted(names, words):
    with translation.override("fr"):
        assert wording.listed_cities(names) == words


def test_names_are_data(customer):
    customer.first_name = "<b>%(day)s {{ x }}</b>"
    mail = reminder(customer, date(2027, 3, 1))
    assert "Bonjour <b>%(day)s {{ x }}</b> Durand," in mail["text"]
    assert "&lt;b&gt;%(day)s {{ x }}&lt;/b&gt;" in mail["html"]
