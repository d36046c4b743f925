"""An e-mail from its templates: HTML with inlined styles, and the same in plain text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from css_inline import CSSInliner
from django.template.loader import render_to_string
from django.utils import translation

BLANK_LINES: Final = re.compile(r"\n\s*\n\s*\n+")
# The rules for narrow screens cannot be inlined and stay in the head.
INLINER: Final = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Both bodies of an e-mail."""

    html: str
    text: str


def render(template: str, *, language: str, subject: str, context: Mapping[str, Any]) -> Rendered:
    """Render `trackimmo/mail/<template>.html` and `.txt`, both of which extend the shared layout."""
    values = {**context, "language": language, "subject": subject}
    with translation.override(language):
        html = render_to_string(f"trackimmo/mail/{template}.html", values)
        text = render_to_string(f"trackimmo/mail/{template}.txt", values)
    return Rendered(html=INLINER.inline(html), text=BLANK_LINES.sub("\n\n", text).strip() + "\n")
