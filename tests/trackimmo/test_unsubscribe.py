"""The end of our e-mails: a link in each, a page behind it, and one click for mail programs."""

import logging
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.signing import Signer
from django.test import Client as Browser
from django.utils import timezone
from structlog.stdlib import ProcessorFormatter

from core import tenancy
from tests.stored import audited, queued_mails
from tests.trackimmo.factories import ClientFactory
from trackimmo.models import Client
from trackimmo.services import notification
from trackimmo.services.notification.links import SALT, unsubscribe_token

pytestmark = pytest.mark.django_db

ONE_CLICK = {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"}
AS_JSON = {"Accept": "application/json"}


@pytest.fixture
def link(customer):
    """The path in our client's e-mails."""
    return f"/unsubscribe/{unsubscribe_token(customer)}"


@pytest.fixture
def browser():
    """A browser that is held to CSRF where that applies."""
    return Browser(enforce_csrf_checks=True)


def headline(answer) -> str:
    return re.search(r"<h1>(.*?)</h1>", answer.content.decode())[1]


def test_every_mail_to_a_client_has_the_link_for_people_and_for_programs(customer, settings):
    settings.API_BASE_URL = "https://api.trackimmo.test"
    settings.CONTACT_EMAIL = "Bonjour <bonjour@trackimmo.test>"
    notification.queue_welcome(client=customer)
    notification.queue_reminder(client=customer, due_on=timezone.localdate())
    notification.queue_client_notification(client=customer, assignment_ids=[])
    url = f"https://api.trackimmo.test/unsubscribe/{unsubscribe_token(customer)}"
    mails = queued_mails()
    assert [mail["kind"] for mail in mails] == ["client_welcome", "client_reminder", "client_notification"]
    for mail in mails:
        assert mail["headers"] == {
            "List-Unsubscribe": f"<{url}>, <mailto:bonjour@trackimmo.test?subject=Se%20d%C3%A9sabonner>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Reply-To": "Bonjour <bonjour@trackimmo.test>",
        }
        assert f'href="{url}"' in mail["html"]
        assert url in mail["text"]


def test_opening_the_link_asks_and_changes_nothing(browser, customer, link):
    for path in (link, f"{link}/", f"{link}?utm_source=gateway"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert headline(answer) == "Vous désabonner de TrackImmo\N{NO-BREAK SPACE}?"
        assert '<form class="action" method="post">' in answer.content.decode()
    customer.refresh_from_db()
    assert customer.unsubscribed_at is None
    assert audited() == []


def test_the_page_is_nobody_elses_to_keep_or_to_find_and_needs_nothing_from_elsewhere(browser, link):
    answer = browser.get(link)
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert (answer["X-Robots-Tag"], answer["Cache-Control"]) == ("noindex", "no-store")
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    assert not re.search(r'src=|<link|@import|url\(|href="http', answer.content.decode())
    assert answer.cookies == {}


def test_the_button_ends_the_mails_once(browser, customer, link):
    before = timezone.now()
    answer = browser.post(link)
    assert answer.status_code == 200
    assert headline(answer) == "Votre désabonnement est enregistré"
    assert "<form" not in answer.content.decode()
    customer.refresh_from_db()
    first = customer.unsubscribed_at
    assert timedelta(0) <= first - before < timedelta(seconds=10)
    [entry] = audited()
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == ("update", "client", str(customer.pk))
    assert entry["changes"] == {"unsubscribed_at": [None, first.isoformat()]}
    assert entry["ip_address"] == "127.0.0.1"

    assert headline(browser.post(link)) == headline(browser.get(link)) == "Votre désabonnement est enregistré"
    customer.refresh_from_db()
    assert customer.unsubscribed_at == first
    assert len(audited()) == 1


@pytest.mark.parametrize(
    "body",
    [
        ONE_CLICK,
        {"data": {"List-Unsubscribe": "One-Click"}},  # multipart, which RFC 8058 allows too
        {"data": b"\xff{not json", "content_type": "application/json"},
        {"data": b"", "content_type": "text/strange"},
    ],
    ids=["form", "multipart", "junk", "strange"],
)
@pytest.mark.parametrize("accept", ["*/*", "text/html", "image/png", ""])
def test_one_click_works_whatever_the_mail_program_sends_with_it(browser, customer, link, body, accept):
    assert browser.post(link, headers={"Accept": accept}, **body).status_code == 200
    customer.refresh_from_db()
    assert customer.unsubscribed_at


def test_a_program_is_answered_in_json(browser, customer, link):
    answer = browser.get(link, headers=AS_JSON)
    assert answer.json() == {"unsubscribed": False, "unsubscribed_at": None}
    answer = browser.post(link, headers=AS_JSON, **ONE_CLICK)
    customer.refresh_from_db()
    assert answer.json() == {
        "unsubscribed": True,
        "unsubscribed_at": customer.unsubscribed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def test_an_english_client_reads_english(browser, city):
    client = ClientFactory(cities=[city], language="en")
    answer = browser.get(f"/unsubscribe/{unsubscribe_token(client)}", headers={"Accept-Language": "fr"})
    assert headline(answer) == "Unsubscribe from TrackImmo?"
    assert '<html lang="en">' in answer.content.decode()


def bad_tokens(client: Client) -> list[str]:
    good = unsubscribe_token(client)
    return [
        good[:-1],
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        good.replace(str(client.pk), str(uuid4())),
        Signer(salt="another").sign(f"{client.organization_id}.{client.pk}"),
        Signer(salt=SALT).sign(f"{client.organization_id}.{uuid4()}"),
        Signer(salt=SALT).sign(f"{uuid4()}.{client.pk}"),
        str(client.pk),
        "x" * 5000,
        "%00",
        "%ff",
    ]


@pytest.mark.parametrize("number", range(10))
def test_a_link_that_is_not_ours_is_not_found(browser, customer, number):
    path = f"/unsubscribe/{bad_tokens(customer)[number]}"
    for send in (browser.get, browser.post):
        page = send(path, headers={"Accept": "text/html", "Accept-Language": "fr-FR,en;q=0.5"})
        assert (page.status_code, headline(page)) == (404, "Ce lien n’est pas valable")
        answer = send(path, headers=AS_JSON)
        assert (answer.status_code, answer.json()) == (404, {"detail": "This link is not valid."})
    customer.refresh_from_db()
    assert customer.unsubscribed_at is None
    assert audited() == []


def test_a_link_works_for_its_own_organization_only(browser, their_client):
    with tenancy.scope(their_client.organization_id):
        token = unsubscribe_token(their_client)
    assert browser.post(f"/unsubscribe/{token}").status_code == 200
    with tenancy.scope(their_client.organization_id):
        their_client.refresh_from_db()
    assert their_client.unsubscribed_at


def test_other_verbs_are_refused(browser, customer, link):
    for verb in ("put", "patch", "delete"):
        assert getattr(browser, verb)(link, headers=AS_JSON).status_code == 405
    customer.refresh_from_db()
    assert customer.unsubscribed_at is None


def test_one_address_gets_so_many_tries(browser, customer, link):
    for _ in range(60):
        assert browser.get("/unsubscribe/guess", headers=AS_JSON).status_code == 404
    refused = browser.post(link, headers={"Accept": "text/html"})
    assert (refused.status_code, headline(refused)) == (429, "That did not work")
    assert int(refused["Retry-After"]) > 0
    customer.refresh_from_db()
    assert customer.unsubscribed_at is None


def test_the_queries_are_counted(browser, link, counted):
    with counted("unsubscribe page"):
        assert browser.get(link).status_code == 200
    with counted("unsubscribe"):
        assert browser.post(link).status_code == 200


def test_no_line_of_the_log_has_the_token(browser, link, caplog):
    caplog.set_level(logging.INFO)
    for send in (browser.get, browser.post, browser.delete):
        send(link, headers=AS_JSON)
    [ours] = [one for one in logging.getLogger().handlers if isinstance(one.formatter, ProcessorFormatter)]
    lines = [ours.format(record) for record in caplog.records]
    told = [line for line in lines if "/unsubscribe/" in line]
    assert len(told) >= 7  # two for each request, and Django's own for the one that was refused
    assert all(":***" in line for line in told)
    signature = link.rpartition(":")[2]
    assert [line for line in lines if signature in line] == []


def test_whoever_has_unsubscribed_gets_nothing_more(customer):
    customer.unsubscribed_at = timezone.now()
    assert notification.queue_welcome(client=customer) is None
    assert notification.queue_reminder(client=customer, due_on=timezone.localdate()) is None
    assert notification.queue_client_notification(client=customer, assignment_ids=[]) is None
    assert queued_mails() == []


def test_alerts_about_them_still_reach_the_operators(customer):
    customer.unsubscribed_at = timezone.now()
    assert notification.queue_insufficient_alert(client=customer, requested_count=2, assigned_count=1)
    assert [mail["kind"] for mail in queued_mails()] == ["cto_insufficient"]
