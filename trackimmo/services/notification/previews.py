"""Every mail as files to look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.template.loader import render_to_string

from trackimmo.models import Language
from trackimmo.services.notification.operator_mails import ENGLISH
from trackimmo.services.notification.samples import CLIENT_EMAIL, OPERATOR_EMAIL, MailTemplate, sample_mail


@dataclass(frozen=True, slots=True)
class Preview:
    """One mail in one language, in two files: `name`.html and `name`.txt."""

    name: str
    subject: str


def write_previews(directory: Path) -> list[Preview]:
    """Write each mail as HTML and text, clients' in both languages, and an index that shows them side by side."""
    directory.mkdir(parents=True, exist_ok=True)
    previews = list(_write_mails(directory))
    page = render_to_string("trackimmo/pages/previews.html", {"previews": previews, "widths": (375, 800)})
    (directory / "index.html").write_text(page)
    return previews


def _write_mails(directory: Path) -> Iterator[Preview]:
    for template in MailTemplate:
        for language in Language.values if template.is_for_clients else [ENGLISH]:
            mail = sample_mail(
                template, to=CLIENT_EMAIL if template.is_for_clients else OPERATOR_EMAIL, language=language
            )
            name = f"{template}.{language}"
            (directory / f"{name}.html").write_text(mail.html)
            (directory / f"{name}.txt").write_text(mail.text)
            yield Preview(name, mail.subject)
