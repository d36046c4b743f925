"""The words of a text, folded, so that what is sought and what was written meet.

Case and accents do not count, and neither do the different ways in which Unicode writes the same letter. A word is a
run of letters, digits, and marks that are part of letters (vowel signs of Indic scripts, say). In scripts that put no
spaces between words each letter is a word of its own: what is sought there is a row of neighbours, like a phrase.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from string import ascii_lowercase, digits
from typing import Final, NamedTuple, TypedDict

# More of a word is not looked at, neither where it is written nor where it is sought.
LONGEST: Final = 64
ASCII_WORD: Final = re.compile(r"[a-z0-9]+")
BREAK: Final = " "
ESCAPE: Final = "q"
PLAIN: Final = frozenset(ascii_lowercase + digits)
# Letters that are written with a stroke or joined, which Unicode does not take apart.
STROKES: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "\u0131": "i", "æ": "ae", "œ": "oe"})
# Letters of their own, though Unicode takes them apart.
WHOLE: Final = frozenset("йїў")
# Marks on top of Latin, Greek, Cyrillic, Hebrew and Arabic letters; those of other classes are part of their letters.
POINTS: Final = range(10, 37)
OVERLAY: Final = 1
FIRST_ACCENT: Final = 200
ZERO_WIDTH_SPACE: Final = "\u200b"
TATWEEL: Final = "\u0640"
SELECTORS: Final = re.compile("[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# What follows its letter and is no mark: vowels and finals of Korean syllables, half-width voicing, Thai and Lao AA.
FOLLOWS: Final = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff\uff9e\uff9f\u0e32\u0e33\u0eb2\u0eb3]")
# Thai and Lao, Burmese, Khmer, Hiragana and Katakana, Han.
SPACELESS: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\U00020000-\U0003ffff]"
)


class Searchable(TypedDict):
    """What a message is found by."""

    terms: list[str]
    folded: str


class Place(NamedTuple):
    """A word, folded, and where it is written: the text's characters from `start` up to `end`."""

    word: str
    start: int
    end: int


def fold(text: str) -> str:
    """Without case and accents: `Élan` as `elan`, `Straße` as `strasse`; whatever is no word is spaces."""
    return "".join(piece for piece, _, _ in _pieces(text))


def words_of(text: str) -> list[str]:
    """The folded words in their order."""
    found = ASCII_WORD.findall(text.lower()) if text.isascii() else fold(text).split()
    return [word[:LONGEST] for word in found]


def places_of(text: str) -> Iterator[Place]:
    """The same words, with their places in the text as it is written."""
    word, start, end = "", 0, 0
    for piece, first, last in _pieces(text):
        for character in piece:
            if character != BREAK:
                start = start if word else first
                word, end = word + character, last
            elif word:
                yield Place(word[:LONGEST], start, end)
                word = ""
    if word:
        yield Place(word[:LONGEST], start, end)


def searchable(content: str) -> Searchable:
    """The fields of a message that the search reads."""
    words = words_of(content)
    return {"terms": sorted(set(words)), "folded": " ".join(map(encoded, words))}


@lru_cache(maxsize=65_536)
def encoded(word: str) -> str:
    """The word in letters and digits of ASCII, which MongoDB's tokenizer neither splits nor changes, in any version.

    No other word is written so, and the beginning of a word is the beginning of how it is written.
    """
    return "".join(map(_encoded, word))


def _encoded(character: str) -> str:
    if character == ESCAPE:
        return ESCAPE * 2
    return character if character in PLAIN else f"{ESCAPE}{ord(character):x}z"


def _pieces(text: str) -> Iterator[tuple[str, int, int]]:
    """Each letter with the marks on it, folded, and where it is; what separates words, as a space."""
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or not _follows(text[end]):
            yield _folded(text[start:end]), start, end
            start = end


@lru_cache(maxsize=65_536)
def _follows(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" or FOLLOWS.match(character) is not None


@lru_cache(maxsize=65_536)
def _folded(letter: str) -> str:
    whole = unicodedata.normalize("NFC", letter.casefold())
    if whole in WHOLE:
        return whole
    bare = _without_accents(unicodedata.normalize("NFKD", letter)).casefold().translate(STROKES)
    bare = unicodedata.normalize("NFC", _without_accents(unicodedata.normalize("NFKD", bare)))
    folded = "".join(map(_part, bare))
    if folded.strip() and all(unicodedata.category(character)[0] == "M" for character in folded.strip()):
        return BREAK  # marks on nothing
    return f"{folded}{BREAK}" if SPACELESS.search(folded) else folded


def _without_accents(text: str) -> str:
    return "".join(filter(_counts, text))


def _counts(character: str) -> bool:
    """Whether it is more than an accent, a vowel point or a matter of layout."""
    if character == TATWEEL or SELECTORS.match(character):
        return False
    kind = unicodedata.combining(character)
    return not (kind == OVERLAY or kind in POINTS or kind >= FIRST_ACCENT)


def _part(character: str) -> str:
    """Of a word: the character; nothing for what cannot be seen, and a space for all else."""
    category = unicodedata.category(character)
    if character == ZERO_WIDTH_SPACE:
        return BREAK
    if category in {"Cf", "Me"}:
        return ""
    if category[0] not in "LNM":
        return BREAK
    return BREAK + character if SPACELESS.match(character) and not _follows(character) else character
