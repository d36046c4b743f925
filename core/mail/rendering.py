"""An e-mail from its templates: HTML with inlined styles, and the same in plain text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.template import Context, Engine
from django.template.utils import get_app_template_dirs
from django.utils import translation

BLANK_LINES: Final = re.compile(r"\n\s*\n\s*\n+")
# An inbox shows the preheader and then the mail's first words, unless enough of nothing stands between them.
BLANKS: Final = "\N{NO-BREAK SPACE}\N{ZERO WIDTH NON-JOINER}" * 60


@dataclass(frozen=True, slots=True)
class Rendered:
    """Both bodies of an e-mail."""

    html: str
    text: str


@cache
def engine() -> Engine:
    """Every app's templates, with their styles inlined. Needs the apps to be loaded."""
    return Engine(
        dirs=[str(directory) for directory in get_app_template_dirs("templates")],
        loaders=[("django.template.loaders.cached.Loader", ["core.mail.inlining.InliningLoader"])],
        libraries={"i18n": "django.templatetags.i18n"},
    )


def render(template: str, *, language: str, subject: str, context: Mapping[str, Any]) -> Rendered:
    """Render `template`.html and `template`.txt, such as "trackimmo/mail/welcome", which extend the shared layout.

    For operators that is `core/mail/operator`, which wants to know the `recipient`.
    """
    values = {**context, "language": language, "subject": subject, "blanks": BLANKS}
    with translation.override(language):
        html = engine().get_template(f"{template}.html").render(Context(values))
        text = engine().get_template(f"{template}.txt").render(Context(values))
    return Rendered(html=html, text=BLANK_LINES.sub("\n\n", text).strip() + "\n")
