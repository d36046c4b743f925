"""MongoDB's text score, for messages that were found without it."""

from collections import Counter
from collections.abc import Collection
from typing import Final

ALONE: Final = 1.1


def score_of(folded: str, sought: Collection[str]) -> float:
    """What `$text` would score a message for these words, both encoded.

    Each further time that a word is there counts half of the time before, and more the less else is there; a word that
    is the whole message counts a tenth more.
    """
    words = folded.split()
    times = Counter(words)
    return sum(
        (2 - 2.0 ** (1 - times[word])) * (0.5 + 0.5 * times[word] / len(words)) * (ALONE if folded == word else 1)
        for word in set(sought)
        if word in times
    )
