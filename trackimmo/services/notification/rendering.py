"""An e-mail from its templates: HTML with inlined styles, and the same in plain text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.template import Context, Engine
from django.utils import translation

from trackimmo.services.notification.inlining import TEMPLATES

BLANK_LINES: Final = re.compile(r"\n\s*\n\s*\n+")
# An inbox shows the preheader and then the mail's first words, unless enough of nothing stands between them.
BLANKS: Final = "\N{NO-BREAK SPACE}\N{ZERO WIDTH NON-JOINER}" * 60
ENGINE: Final = Engine(
    dirs=[str(TEMPLATES)],
    loaders=[
        (
            "django.template.loaders.cached.Loader",
            ["trackimmo.services.notification.inlining.InliningLoader"],
        )
    ],
    libraries={"i18n": "django.templatetags.i18n"},
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Both bodies of an e-mail."""

    html: str
    text: str


def render(template: str, *, language: str, subject: str, context: Mapping[str, Any]) -> Rendered:
    """Render `trackimmo/mail/<template>.html` and `.txt`, both of which extend the shared layout."""
    values = {**context, "language": language, "subject": subject, "blanks": BLANKS}
    with translation.override(language):
        html = ENGINE.get_template(f"trackimmo/mail/{template}.html").render(Context(values))
        text = ENGINE.get_template(f"trackimmo/mail/{template}.txt").render(Context(values))
    return Rendered(html=html, text=BLANK_LINES.sub("\n\n", text).strip() + "\n")
