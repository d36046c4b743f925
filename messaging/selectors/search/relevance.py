"""The best match first: what MongoDB's text index scores, then what needs none of the words.

A score depends on its message alone, so that a place in the order stays where it is whatever is written meanwhile.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from messaging.documents import MESSAGES
from messaging.query import And, Node, Not, Or, Phrase, Prefix, Word, alternatives, leaves
from messaging.selectors.search.asking import Filter
from messaging.selectors.search.filters import Cost, filter_of, hidden
from messaging.selectors.search.places import NEWEST_FIRST, Relevant
from messaging.words import encoded

SCORE: Final = {"$meta": "textScore"}
BEST_FIRST: Final[list[tuple[str, Any]]] = [("score", SCORE), *NEWEST_FIRST]


def scored_words(query: Node) -> list[str]:
    """The whole words that are sought, encoded; those of phrases, too."""
    return [encoded(word) for word in _words(query)]


def scored_filter(query: Node) -> dict[str, Any] | None:
    """What matches and has at least one of the words; None if no word is sought."""
    words = scored_words(query)
    if not words:
        return None
    text = {"$text": {"$search": " ".join(words)}}
    # Of a word, or one of some words, the text index alone says who has it.
    return text if all(isinstance(part, Word) for part in alternatives(query)) else {**text, **filter_of(query)}


def unscored_filter(query: Node, cost: Cost) -> dict[str, Any] | None:
    """What matches and has none of the words; None if nothing can."""
    rest = _without_words(query)
    if rest is None:
        return None
    words = _words(query)
    if not words:
        return filter_of(rest, cost)
    return {"$and": [filter_of(rest, cost), hidden({"terms": {"$nin": words}})]}


def scored(
    asked: Filter, *, after: Relevant | None, limit: int, shown: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """Documents with their scores, in order."""
    if after is None:
        # A find takes two thirds of the time that a pipeline does, which alone can compare scores.
        return iter(MESSAGES.here().find(asked, {**shown, "score": SCORE}).sort(BEST_FIRST).limit(limit))
    return iter(
        MESSAGES.here().aggregate(
            [
                {"$match": asked},
                {"$set": {"score": SCORE}},
                {"$match": after.lower},
                {"$sort": {"score": -1, **dict(NEWEST_FIRST)}},
                {"$limit": limit},
                {"$project": {**shown, "score": 1}},
            ]
        )
    )


def _words(query: Node) -> list[str]:
    found: dict[str, None] = {}
    for leaf in leaves(query):
        if isinstance(leaf, Word):
            found[leaf.text] = None
        elif isinstance(leaf, Phrase):
            found |= dict.fromkeys(leaf.words[:-1] if leaf.is_open else leaf.words)
    return list(found)


def _without_words(node: Node) -> Node | None:
    """What is left of a query for messages that have none of its words; None if that can match nothing."""
    match node:
        case And(parts):
            left = [_without_words(part) for part in parts]
            return None if None in left else node
        case Or(parts):
            possible = tuple(part for part in map(_without_words, parts) if part is not None)
            return Or(possible) if len(possible) > 1 else next(iter(possible), None)
        case Prefix() | Not():
            return node
    return None
