"""The French of the e-mails is complete, and what is compiled is what is written."""

import gettext
import re
from pathlib import Path

from django.conf import settings

APP = Path(settings.BASE_DIR) / "trackimmo"
MESSAGES = APP / "locale" / "fr" / "LC_MESSAGES"
QUOTED = r'"((?:[^"\\]|\\.)*)"'


def compiled() -> dict[str, str]:
    """Source and translation of each message, of plurals the first."""
    with (MESSAGES / "django.mo").open("rb") as file:
        catalog = gettext.GNUTranslations(file)._catalog
    return {
        (key[0] if isinstance(key, tuple) else key): value
        for key, value in sorted(catalog.items(), key=str, reverse=True)
    }


def written() -> dict[str, str]:
    """The same, as translators write it."""
    text = (MESSAGES / "django.po").read_text()
    return dict(re.findall(rf"^msgid {QUOTED}\n(?:msgid_plural .*\n)?msgstr(?:\[0\])? {QUOTED}", text, re.MULTILINE))


def sources() -> set[str]:
    """What the templates and the code ask to have translated."""
    found = set()
    for path in APP.glob("templates/**/*.*"):
        text = path.read_text()
        found.update(re.findall(rf"{{% translate {QUOTED} %}}", text))
        blocks = re.findall(r"{% blocktranslate.*?%}(.*?){% endblocktranslate %}", text)
        found.update(re.sub(r"{{ (\w+) }}", r"%(\1)s", block) for block in blocks)
    for path in [*APP.glob("services/**/*.py"), *APP.glob("views/**/*.py")]:
        found.update(re.findall(rf"\b(?:_|gettext_lazy|ngettext)\(\s*{QUOTED}", path.read_text()))
    return found


def test_everything_is_translated_and_nothing_else_is():
    assert len(sources()) > 40
    assert set(written()) - {""} == sources()
    assert [source for source, translation in written().items() if source and not translation] == []


def test_what_is_compiled_is_what_is_written():
    plain = {source: words for source, words in written().items() if source}
    assert {source: compiled()[source] for source in plain} == plain


def test_french_has_its_spaces_and_apostrophes():
    for source, words in written().items():
        if source:
            assert not re.search(r"[^\N{NO-BREAK SPACE}][:;!?]", words), words
            assert "'" not in words
