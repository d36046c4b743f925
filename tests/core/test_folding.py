"""Texts as PostgreSQL folds them: as the words of messages are, so that one habit of searching serves everywhere."""

import pytest
from django.db.models import TextField, Value

from accounts.models import Organization
from core.folding import contains, folded
from messaging.words import fold

pytestmark = pytest.mark.django_db

# Of Latin, Greek and Cyrillic, what is a letter by itself.
ALPHABETS = ((0x41, 0x530), (0x1E00, 0x2000), (0xFB00, 0xFB07), (0xFF21, 0xFF5B))
LETTERS = [chr(code) for first, end in ALPHABETS for code in range(first, end) if chr(code).isalpha()]


def shown(*texts: str) -> list[str]:
    """Each of them, folded."""
    columns = {f"nr_{nr}": folded(Value(text, output_field=TextField())) for nr, text in enumerate(texts)}
    row = Organization.objects.order_by().annotate(**columns).values_list(*columns).first()
    return list(row)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        *(("Élan", "elan"), ("E\u0301lan", "elan"), ("ÉLAN", "elan"), ("Straße", "strasse"), ("STRAẞE", "strasse")),
        *(("Łódź", "lodz"), ("Ørsted", "orsted"), ("Œuvre", "oeuvre"), ("Ǽ", "ae"), ("ﬁn", "fin"), ("ＡＢ", "ab")),
        *(("İstanbul", "istanbul"), ("ısı", "isi"), ("Οδός", "οδοσ"), ("ΟΔΟΣ", "οδοσ"), ("ёлка", "елка")),
        *(
            ("йод", "йод"),
            ("ЇЖАК", "їжак"),
            ("ў", "ў"),
            ("がぎ", "がぎ"),
            ("한국", "한국"),
            ("שָׁלוֹם", "שלום"),
            ("مُحَمَّد", "محمد"),
        ),
        *(("so\u00adft", "soft"), ("a%_\\b", "a%_\\b"), ("O'Neill-Smith, 3 ", "o'neill-smith, 3 "), ("\u0301", "")),
    ],
    ids=ascii,
)
def test_a_text_without_case_and_accents(ours, written, plain):
    assert shown(written) == [plain]


def test_letters_are_those_that_searches_of_messages_know(ours):
    differ = {}
    for start in range(0, len(LETTERS), 200):
        part = LETTERS[start : start + 200]
        words = [fold(letter).strip() for letter in part]
        differ |= {
            letter: (word, plain)
            for letter, word, plain in zip(part, words, shown(*part), strict=True)
            if word != plain
        }
    # What separates words stays.
    assert differ == {"Ŀ": ("l", "l·"), "ŀ": ("l", "l·"), "\u037a": ("", " ")}


def test_what_is_sought_is_taken_as_it_is_written(ours):
    def found(text: str) -> bool:
        return Organization.objects.filter(contains(folded(Value("100% Élan_x")), text)).exists()

    assert [found(text) for text in ("éLAN", "e%n", "elan_", "elan.", "0%", "100_", "")] == [
        *(True, False, True, False, True, False, True)
    ]
