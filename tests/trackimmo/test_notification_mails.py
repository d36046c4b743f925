"""The e-mails: words, numbers and dates in the reader's language, in HTML and in text."""

import re
from datetime import date
from html import unescape

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from core.outbox.models import OutboxEvent
from tests.trackimmo.conftest import queued_mails
from tests.trackimmo.factories import CityFactory, JobFactory, PropertyFactory
from trackimmo.models import Assignment
from trackimmo.services import notification

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


def cells(html: str) -> list[str]:
    """The text of each cell of the sales' rows, without the labels of narrow screens."""
    sales = html[html.index('class="sales"') :]
    body = sales[sales.index("<tbody>") : sales.index("</tbody>")]
    body = re.sub(r'<span class="label".*?</span>', "", body)
    return [unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r"<td.*?</td>", body, re.DOTALL)]


def test_a_french_client_reads_french(notify, customer, city, settings):
    settings.EMAIL_SENDER = "TrackImmo <bonjour@trackimmo.test>"
    sale = PropertyFactory(city=city, address_raw="12 RUE DE LA PAIX", sale_date=date(2018, 6, 15))
    mail = notify(sale)
    assert (mail["to"], mail["kind"]) == (customer.email, "client_notification")
    assert mail["subject"] == "1 nouvelle adresse pour vous"
    assert cells(mail["html"]) == [
        "12 RUE DE LA PAIX",
        "69001 Lyon",
        "Appartement",
        "75 m²",
        "3",
        f"450{NBSP}000{NBSP}€",
        f"15{NBSP}juin{NBSP}2018",
    ]
    unsubscribe = f"mailto:bonjour@trackimmo.test?subject=unsubscribe%20{customer.pk}"
    assert mail["headers"] == {"List-Unsubscribe": f"<{unsubscribe}>"}
    assert mail["text"] == (
        "1 nouvelle adresse pour vous\n"
        "\n"
        "Bonjour Marie Durand,\n"
        "\n"
        "Ces biens, situés dans vos villes, ont été vendus il y a 6 à 8 ans : leurs propriétaires songent peut-être"
        " à déménager.\n"
        "\n"
        "1. 12 RUE DE LA PAIX, 69001 Lyon\n"
        "   Appartement\n"
        "   Surface 75 m²\n"
        "   Pièces 3\n"
        f"   Prix 450{NBSP}000{NBSP}€\n"
        f"   Vendu le 15{NBSP}juin{NBSP}2018\n"
        "\n"
        "--\n"
        "TrackImmo\n"
        "Source : Demandes de valeurs foncières (DVF), DGFiP, Licence Ouverte 2.0.\n"
        "Vous recevez cet e-mail en tant que client de TrackImmo.\n"
        f"Se désabonner <{unsubscribe}>\n"
    )


def test_an_english_client_reads_english(notify, city):
    sale = PropertyFactory(city=city, address_raw="12 RUE DE LA PAIX", sale_date=date(2018, 6, 15))
    mail = notify(sale, language="en")
    assert mail["subject"] == "1 new address for you"
    assert cells(mail["html"])[2:] == ["Apartment", "75 m²", "3", "€450,000", "15\N{NO-BREAK SPACE}June\N{NO-BREAK SPACE}2018"]
    assert '<html lang="en">' in mail["html"]
    assert "Hello Marie Durand," in mail["text"]
    assert "Sold on 15\N{NO-BREAK SPACE}June\N{NO-BREAK SPACE}2018" in mail["text"]


def test_what_is_not_known_is_a_dash_and_land_has_its_own_surface(notify, city):
    land = PropertyFactory(city=city, property_type="land", surface=None, land_surface=1350, rooms=None)
    assert cells(notify(land)["html"])[2:5] == ["Terrain", f"1{NBSP}350 m²", "\N{EN DASH}"]


def test_sales_are_listed_by_city_then_by_date(notify, city):
    annecy = CityFactory(name="Annecy", postal_code="74000")
    sales = [
        PropertyFactory(city=city, address_raw="C", sale_date=date(2019, 5, 2)),
        PropertyFactory(city=city, address_raw="B", sale_date=date(2019, 5, 1)),
        PropertyFactory(city=annecy, address_raw="A", sale_date=date(2020, 1, 1)),
    ]
    mail = notify(*sales)
    assert mail["subject"] == "3 nouvelles adresses pour vous"
    assert cells(mail["html"])[::7] == ["A", "B", "C"]


def test_markup_in_data_stays_text(notify, city):
    sale = PropertyFactory(city=city, address_raw="<script>alert(1)</script> & Cie")
    mail = notify(sale, first_name="<b>Marie</b>")
    assert "<script>alert" not in mail["html"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Cie" in mail["html"]
    assert "<b>Marie</b>" not in mail["html"]
    assert "Bonjour <b>Marie</b> Durand," in mail["text"]
    assert "<script>alert(1)</script> & Cie" in mail["text"]


def test_styles_are_inlined_and_narrow_screens_have_rules(notify, city):
    html = notify(PropertyFactory(city=city))["html"]
    assert re.search(r'<td class="brand" style="[^"]*background-color: ?#6c63ff', html)
    assert "#8b84ff" in html
    assert "@media only screen and (max-width: 620px)" in html
    assert "<link" not in html
    assert "{{" not in html
    assert "{%" not in html


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
