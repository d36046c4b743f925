"""`manage.py preview_emails`: every mail as files, without a database or a mail server."""

import io
import re

import pytest
from django.core.management import call_command
from django.template import TemplateDoesNotExist

from core.mail.inlining import STYLESHEET
from core.mail.rendering import engine
from trackimmo.models import PropertyType
from trackimmo.services.notification.sales import TYPE_NAMES
from trackimmo.services.notification.samples import MailTemplate
from trackimmo.services.notification.wording import TYPES

NAMES = [
    "agents-overdue.en",
    "agents-reminder.en",
    "audit-changed.en",
    "checkin-expired.en",
    "config.en",
    "error.en",
    "insufficient.en",
    "monthly.en",
    "monthly.fr",
    "notification.en",
    "notification.fr",
    "welcome.en",
    "welcome.fr",
    "whatsapp-account.en",
]


@pytest.fixture
def written(tmp_path):
    """The directory after the command, which is made if need be."""
    out = io.StringIO()
    call_command("preview_emails", directory=tmp_path / "a" / "b", stdout=out)
    assert out.getvalue() == f"{len(NAMES)} e-mails, as HTML and text. Open {tmp_path / 'a' / 'b' / 'index.html'}\n"
    return tmp_path / "a" / "b"


def test_every_mail_is_written_as_html_and_as_text(written):
    files = sorted(path.name for path in written.iterdir())
    assert files == sorted(["index.html", *(f"{name}.{kind}" for name in NAMES for kind in ("html", "txt"))])
    assert {name.partition(".")[0] for name in NAMES} == {
        *MailTemplate,
        "audit-changed",
        "checkin-expired",
        "agents-overdue",
        "agents-reminder",
        "whatsapp-account",
    }


def test_the_index_shows_each_at_two_widths(written):
    index = (written / "index.html").read_text()
    frames = re.findall(r'<iframe src="([^"]+)\.html" width="(\d+)"', index)
    assert sorted(frames) == sorted((name, width) for name in NAMES for width in ("375", "800"))


@pytest.mark.parametrize("name", NAMES)
def test_each_is_complete_and_in_one_language(written, name):
    language = name.rpartition(".")[2]
    html, text = (written / f"{name}.html").read_text(), (written / f"{name}.txt").read_text()
    assert html.startswith("<!DOCTYPE html>")
    assert f'<html lang="{language}"' in html
    assert html.count("<style>") == 1
    assert not re.search(r"{{|{%|}}|%}|<!--|&lt;!--", html)
    assert not re.search(r"{{|{%|<[a-z]+[ >]|&[a-z]+;", text)
    # Whatever has a class has the class's style with it, but for what only the head can say.
    for tag in re.findall(r"<\w+ [^>]*class=[^>]*>", html):
        assert "style=" in tag, tag
    is_for_clients = name.startswith(("welcome", "notification", "monthly"))
    for body in (html, text):
        assert ("DGFiP" in body) is is_for_clients
        assert ("/unsubscribe/" in body) is is_for_clients
        assert ("Bonjour" in body) is (language == "fr")


def test_the_stylesheet_has_no_rule_that_the_inliner_would_lose():
    style = STYLESHEET.read_text().partition("@media")[0]
    selectors = [one.strip() for one in re.findall(r"([^{}]+){", style)]
    assert selectors
    # A selector with a parent in it finds nothing where the parent is in another file.
    assert [one for one in selectors if re.search(r"[\s>+~]", one)] == []


def test_every_type_of_property_has_its_words():
    assert set(TYPE_NAMES) == set(TYPES) == set(PropertyType)


def test_a_template_that_is_not_there_is_an_error():
    with pytest.raises(TemplateDoesNotExist):
        engine().get_template("trackimmo/mail/newsletter.html")
