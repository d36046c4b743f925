"""Words: folded the same however they are written, and whole for MongoDB's tokenizer, in every script."""

import unicodedata
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core import tenancy
from core.testing.mongo import start_empty
from messaging.documents import MESSAGES
from messaging.selectors.search.scoring import score_of
from messaging.words import LONGEST, encoded, places_of, searchable, words_of
from tests.messaging.factories import THEN

ORGANIZATION = UUID(int=27)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Élan, ELAN!", ["elan", "elan"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("İstanbul istanbul", ["istanbul", "istanbul"]),
        ("ﬁne ½ ㎏", ["fine", "1", "2", "kg"]),
        ("Łódź Ørsted cœur", ["lodz", "orsted", "coeur"]),
        ("ΟΔΥΣΣΕΥΣ Ὀδυσσεύς", ["οδυσσευσ", "οδυσσευσ"]),
        ("мой мои Ёж", ["мой", "мои", "еж"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("العَرَبِيَّة أحمد", ["العربية", "احمد"]),
        ("שָׁלוֹם", ["שלום"]),
        ("你好", ["你", "好"]),
        ("ｶﾞ ガ カ", ["ガ", "ガ", "カ"]),
        ("가각", ["가각"]),
        ("don't e-mail", ["don", "t", "e", "mail"]),
        ("co\u00adop 1\ufe0f\u20e3 \u202etrick", ["coop", "1", "trick"]),
        ("😀 _ - \u0301", []),
        ("a" * 100, ["a" * LONGEST]),
    ],
)
def test_words_are_folded(text, words):
    assert words_of(text) == words
    assert words_of(unicodedata.normalize("NFD", text)) == words


@given(st.text())
@example("㌀日a é́ กำ")
def test_places_are_those_of_the_words_and_what_is_folded_stays_so(text):
    places = list(places_of(text))
    assert [place.word for place in places] == words_of(text)
    assert all(0 <= place.start < place.end <= len(text) for place in places)
    assert words_of(" ".join(words_of(text))) == words_of(text)
    assert words_of(unicodedata.normalize("NFC", text)) == words_of(unicodedata.normalize("NFD", text))


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_two_words_are_encoded_alike_and_beginnings_stay_beginnings(one, other):
    assert (encoded(one) == encoded(other)) == (one == other)
    assert encoded(one).startswith(encoded(other)) == one.startswith(other)
    assert encoded(one).isascii()
    assert encoded(one).isalnum()


def alphanumerics():
    """Each letter and digit of Unicode, behind a Latin letter and before one."""
    return [f"x{character}y" for character in map(chr, range(0x110000)) if character.isalnum()]


@pytest.mark.timeout(180)
def test_mongodb_finds_each_word_of_every_script_as_one_word():
    texts = alphanumerics()
    assert len(texts) > 130_000
    size = 500
    groups = [texts[start : start + size] for start in range(0, len(texts), size)]
    MESSAGES.unscoped().drop()
    start_empty(MESSAGES)
    with tenancy.scope(ORGANIZATION):
        MESSAGES.here().insert_many([document(number, " ".join(group)) for number, group in enumerate(groups)])
        for number, group in enumerate(groups):
            expected = {word for text in group for word in words_of(text)}
            stored = MESSAGES.here().find_one({"_id": UUID(int=number + 1)})
            assert set(stored["terms"]) == expected
            # Each word counts in the score: one that were split, changed or left out would be missing from it.
            words = [encoded(word) for word in expected]
            asked = {"_id": stored["_id"], "$text": {"$search": " ".join(words)}}
            found = MESSAGES.here().find_one(asked, {"score": {"$meta": "textScore"}})
            assert found["score"] == pytest.approx(score_of(stored["folded"], words), rel=1e-9)
            assert found["score"] >= len(words) / 2
        for number in range(0, len(groups), 20):
            for word in sorted({word for text in groups[number] for word in words_of(text)})[::50]:
                by_text = {one["_id"] for one in MESSAGES.here().find({"$text": {"$search": encoded(word)}})}
                assert by_text == {one["_id"] for one in MESSAGES.here().find({"terms": word})}, word
    MESSAGES.unscoped().drop()
    start_empty(MESSAGES)


def document(number, content):
    return {
        "_id": UUID(int=number + 1),
        "conversation_id": UUID(int=1),
        "sender_id": "ada",
        "receiver_id": "bob",
        "content": content,
        "type": "text",
        "status": "read",
        "media_url": None,
        "created_at": THEN,
        **searchable(content),
    }
