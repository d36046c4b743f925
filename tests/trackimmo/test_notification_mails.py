"""The e-mails: words, numbers and dates in the reader's language, in HTML and in text."""

import re
from datetime import date
from html import unescape
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from core.outbox.models import OutboxEvent
from tests.stored import queued_mails
from tests.trackimmo.factories import CityFactory, JobFactory, PropertyFactory
from trackimmo.models import Assignment
from trackimmo.services import notification
from trackimmo.services.notification.links import unsubscribe_token

pytestmark = pytest.mark.django_db

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def notify(customer):
    """Assign sales to our client and return the mail that tells him."""

    def send(*sales, **client_fields) -> dict:
        for name, value in client_fields.items():
            setattr(customer, name, value)
        ids = [
            Assignment.objects.create(client=customer, property=sale, address_key=sale.address_key).pk for sale in sales
        ]
        notification.queue_client_notification(client=customer, assignment_ids=ids)
        [mail] = queued_mails()
        return mail

    return send


def cells(html: str) -> list[list[str]]:
    """The lines of each cell of the sales' rows."""
    sales = html[html.index('class="sales"') :]
    body = sales[sales.index("<tbody>") : sales.index("</tbody>")]
    found = re.findall(r"<td.*?</td>", body, re.DOTALL)
    return [[unescape(re.sub(r"<[^>]+>", "", line)).strip() for line in cell.split("<br>")] for cell in found]


def test_a_french_client_reads_french(notify, customer, city, settings):
    settings.EMAIL_SENDER = settings.CONTACT_EMAIL = "TrackImmo <bonjour@trackimmo.test>"
    settings.API_BASE_URL = "https://api.trackimmo.test/"
    sale = PropertyFactory(city=city, address_raw="12 RUE DE LA PAIX", sale_date=date(2018, 6, 15))
    mail = notify(sale)
    assert (mail["to"], mail["kind"]) == (customer.email, "client_notification")
    assert mail["subject"] == "1 nouvelle adresse pour vous"
    assert cells(mail["html"]) == [
        ["12 RUE DE LA PAIX", "69001 Lyon", f"Appartement · 75{NBSP}m² · 3{NBSP}pièces"],
        [f"450{NBSP}000{NBSP}€", f"15{NBSP}juin{NBSP}2018"],
    ]
    unsubscribe = f"https://api.trackimmo.test/unsubscribe/{unsubscribe_token(customer)}"
    assert mail["text"] == (
        "1 nouvelle adresse pour vous\n"
        "\n"
        "Bonjour Marie Durand,\n"
        "\n"
        "Ces biens, situés dans vos villes, ont été vendus il y a 6 à 8 ans"
        f"{NBSP}: leurs propriétaires songent peut-être à déménager.\n"
        "\n"
        "1. 12 RUE DE LA PAIX, 69001 Lyon\n"
        f"   Appartement · 75{NBSP}m² · 3{NBSP}pièces\n"
        f"   450{NBSP}000{NBSP}€, 15{NBSP}juin{NBSP}2018\n"
        "\n"
        f"Modifier mes choix{NBSP}: mailto:bonjour@trackimmo.test?subject=Modifier%20mes%20choix\n"
        "\n"
        "--\n"
        "TrackImmo\n"
        f"Source{NBSP}: Demandes de valeurs foncières (DVF), DGFiP, Licence Ouverte{NBSP}2.0.\n"
        "Vous recevez cet e-mail en tant que client de TrackImmo.\n"
        f"Se désabonner{NBSP}: {unsubscribe}\n"
    )


def test_an_english_client_reads_english(notify, city):
    sale = PropertyFactory(city=city, address_raw="12 RUE DE LA PAIX", sale_date=date(2018, 6, 15))
    mail = notify(sale, language="en")
    assert mail["subject"] == "1 new address for you"
    assert cells(mail["html"]) == [
        ["12 RUE DE LA PAIX", "69001 Lyon", f"Apartment · 75{NBSP}m² · 3 rooms"],
        ["€450,000", f"15{NBSP}June{NBSP}2018"],
    ]
    assert '<html lang="en"' in mail["html"]
    assert "Hello Marie Durand," in mail["text"]


def test_a_price_for_several_properties_says_so_whichever_of_them_the_client_is_given(notify, city):
    sold = {"city": city, "sale_date": date(2018, 6, 15)}
    flat = PropertyFactory(mutation_key=uuid4(), **sold)
    PropertyFactory.create_batch(2, mutation_key=flat.mutation_key, property_type="commercial", **sold)
    PropertyFactory(**sold)  # the same day, another sale
    mail = notify(flat)
    assert cells(mail["html"])[1] == [f"450{NBSP}000{NBSP}€", "pour 3 biens", f"15{NBSP}juin{NBSP}2018"]
    assert f"   450{NBSP}000{NBSP}€ pour 3 biens, 15{NBSP}juin{NBSP}2018\n" in mail["text"]


def test_what_is_not_known_is_left_out_and_land_has_its_own_surface(notify, city):
    land = PropertyFactory(city=city, property_type="land", surface=None, land_surface=1350, rooms=None)
    assert cells(notify(land)["html"])[0][2] == f"Terrain · 1{NBSP}350{NBSP}m²"


def test_an_address_opens_the_map_where_the_sale_was_or_searches_for_it(notify, city):
    mail = notify(
        PropertyFactory(city=city, address_raw="1 RUE A & B", latitude=45.764, longitude=4.8357),
        PropertyFactory(city=city, address_raw="2 RUE A & B"),
    )
    marker = "https://www.openstreetmap.org/?mlat=45.764000&mlon=4.835700#map=18/45.764000/4.835700"
    search = "https://www.openstreetmap.org/search?query=2+RUE+A+%26+B%2C+69001+Lyon"
    assert {unescape(link) for link in re.findall(r'href="(https://www\.openstreetmap[^"]+)"', mail["html"])} == {
        marker,
        search,
    }


def test_sales_are_listed_by_city_then_by_date(notify, city):
    annecy = CityFactory(name="Annecy", postal_code="74000")
    sales = [
        PropertyFactory(city=city, address_raw="C", sale_date=date(2019, 5, 2)),
        PropertyFactory(city=city, address_raw="B", sale_date=date(2019, 5, 1)),
        PropertyFactory(city=annecy, address_raw="A", sale_date=date(2020, 1, 1)),
    ]
    mail = notify(*sales)
    assert mail["subject"] == "3 nouvelles adresses pour vous"
    assert [address for address, *_ in cells(mail["html"])[::2]] == ["A", "B", "C"]


def test_markup_in_data_stays_text(notify, city):
    sale = PropertyFactory(city=city, address_raw="<script>alert(1)</script> & Cie")
    mail = notify(sale, first_name="<b>Marie</b>")
    assert "<script>alert" not in mail["html"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Cie" in mail["html"]
    assert "<b>Marie</b>" not in mail["html"]
    assert "Bonjour <b>Marie</b> Durand," in mail["text"]
    assert "<script>alert(1)</script> & Cie" in mail["text"]


def test_styles_are_inlined_and_what_cannot_be_stays_in_the_head(notify, city):
    html = notify(PropertyFactory(city=city))["html"]
    head, body = html.split("</head>")
    assert re.search(r'<td class="brand" style="[^"]*background-color:#6c63ff', body)
    assert "#8b84ff" in body
    assert "@media only screen and (max-width" in head
    assert "@media (prefers-color-scheme: dark)" in head
    # Every style is on its element: what the head has is for those who can do more.
    assert ".button{" not in re.sub(r"@media.*", "", head, flags=re.DOTALL)
    assert not re.search(r"<link|<script|<img|url\(", html)
    assert not re.search(r"{{|{%|<!--", html)


def test_the_cto_reads_what_failed(customer, settings):
    settings.CTO_EMAIL, settings.API_BASE_URL = "cto@trackimmo.test", "https://api.trackimmo.test/"
    customer.first_name = "Marie\nAnne"
    job = JobFactory(client=customer, attempt_count=3, request_id="abc-123")
    notification.queue_error_alert(job=job, error_message="Client x has no chosen cities")
    [mail] = queued_mails()
    assert (mail["to"], mail["kind"]) == ("cto@trackimmo.test", "cto_error")
    assert mail["subject"] == "Processing of Marie Anne Durand failed"
    url = f"https://api.trackimmo.test/admin/trackimmo/processingjob/{job.pk}/change/"
    for body in (mail["html"], mail["text"]):
        for fact in ("Client x has no chosen cities", str(job.pk), str(customer.pk), customer.email, "abc-123", url):
            assert fact in body


def test_the_cto_reads_who_gets_too_little(customer, city, settings):
    settings.CTO_EMAIL, settings.API_BASE_URL = "cto@trackimmo.test", "https://api.trackimmo.test"
    customer.chosen_cities.add(CityFactory(name="Annecy", insee_code="74010"))
    notification.queue_insufficient_alert(client=customer, requested_count=10, assigned_count=3)
    [mail] = queued_mails()
    assert (mail["to"], mail["kind"]) == ("cto@trackimmo.test", "cto_insufficient")
    assert mail["subject"] == "Only 3 of 10 addresses for Marie Durand"
    url = f"https://api.trackimmo.test/admin/trackimmo/client/{customer.pk}/change/"
    for body in (mail["html"], mail["text"]):
        for fact in ("Annecy (74010), Lyon (69123)", "house, apartment", customer.email, "6 to 8 years", url):
            assert fact in body


@pytest.mark.django_db(transaction=True)
def test_a_mail_is_queued_in_a_transaction_or_not_at_all(customer):
    with pytest.raises(TransactionManagementError):
        notification.queue_insufficient_alert(client=customer, requested_count=10, assigned_count=3)
    with transaction.atomic():
        notification.queue_insufficient_alert(client=customer, requested_count=10, assigned_count=3)
        transaction.set_rollback(True)
    assert not OutboxEvent.objects.exists()
