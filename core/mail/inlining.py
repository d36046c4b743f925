"""The mails' HTML templates as they are loaded: with the stylesheet inlined, once per template and not once per mail.

Mail programs read styles from the elements only; Gmail alone knows some of `<style>`. So the rules for elements and
classes go to the elements, and the @media rules (narrow screens, dark mode) stay in the head.

The inliner reads HTML, and a template is nearly that: Django's tags pass through it as comments. They must not stand
where HTML has no comments, within a tag or in `<title>` (`{{ variables }}` may); a table's rows need their `<tbody>`;
and a selector must not span files.
"""

import re
from pathlib import Path
from typing import Final

from css_inline import CSSInliner
from django.template import Origin
from django.template.loaders.filesystem import Loader

STYLESHEET: Final = Path(__file__).resolve().parents[1] / "templates" / "core" / "mail" / "style.css"
INCLUDE_STYLE: Final = '{% include "core/mail/style.css" %}'
TAG: Final = re.compile(r"{%.*?%}")
TAG_AS_COMMENT: Final = re.compile(r"<!--({%.*?%})-->")
INLINER: Final = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, minify_css=True)


class InliningLoader(Loader):
    """Loads templates from directories."""

    def get_contents(self, origin: Origin) -> str:
        contents = str(super().get_contents(origin))
        return _inlined(contents) if Path(origin.name).suffix == ".html" else contents


def _inlined(template: str) -> str:
    style = STYLESHEET.read_text()
    if INCLUDE_STYLE in template:
        html = INLINER.inline(TAG.sub(r"<!--\g<0>-->", template.replace(INCLUDE_STYLE, style)))
    else:
        html = INLINER.inline_fragment(TAG.sub(r"<!--\g<0>-->", template), style)
    return TAG_AS_COMMENT.sub(r"\1", html)
