"""The words of a text, folded, so that what is sought and what was written meet."""

import re
import unicodedata
from typing import Final, TypedDict

WORD: Final = re.compile(r"[^\W_]+")


class Searchable(TypedDict):
    """What a message is found by."""

    terms: list[str]
    folded: str


def fold(text: str) -> str:
    """Without case and accents: `Élan` as `elan`, `Straße` as `strasse`."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(character for character in bare if not unicodedata.combining(character))


def words_of(text: str) -> list[str]:
    """The folded words in their order."""
    return WORD.findall(fold(text))


def searchable(content: str) -> Searchable:
    """The fields of a message that the search reads."""
    words = words_of(content)
    return {"terms": sorted(set(words)), "folded": " ".join(words)}
