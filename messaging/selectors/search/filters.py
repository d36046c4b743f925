"""From a query's tree to MongoDB's filter over `terms`; phrases also look at `folded`."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from messaging.query import And, Node, Not, Or, Phrase, Prefix, Word
from messaging.selectors.search.asking import Filter
from messaging.words import encoded

Cost = Callable[[Node], float]
WORD_BEGINS: Final = "(?:^| )"
WORD_ENDS: Final = "(?: |$)"


def filter_of(node: Node, cost: Cost | None = None) -> dict[str, Any]:
    """What matches the query, no more and no less.

    With a `cost`, how many messages a part finds, the index is used for the rarest part of each And, and for no other.
    MongoDB would use the first, and read all of a frequent word's messages for a rare one's.
    """
    match node:
        case Word(text):
            return {"terms": text}
        case Prefix(text):
            return {"terms": {"$regex": f"^{text}"}}  # letters, digits and marks: nothing to escape
        case Not(leaf):
            return {"$nor": [filter_of(leaf)]}
        case Or(parts):
            return _any_of(parts, cost)
        case And(parts):
            return _all_of(parts, cost)
    return _all_of([node], cost)


def hidden(asked: Filter) -> Filter:
    """The same, said so that no index is considered for it."""
    return {"$nor": [{"$nor": [asked]}]}


def words_in(phrase: Phrase) -> Iterable[Node]:
    """Each word of it, as if it stood alone."""
    *whole, last = phrase.words
    return [*map(Word, whole), Prefix(last) if phrase.is_open else Word(last)]


def _any_of(parts: Iterable[Node], cost: Cost | None) -> dict[str, Any]:
    words = [part.text for part in parts if isinstance(part, Word)]
    others = [filter_of(part, cost) for part in parts if not isinstance(part, Word)]
    if not others:
        return {"terms": {"$in": words}}
    return {"$or": [*({"terms": word} for word in words), *others]}


def _all_of(parts: Iterable[Node], cost: Cost | None) -> dict[str, Any]:
    single: dict[Node, None] = {}
    rows: list[Filter] = []
    for part in parts:
        single |= dict.fromkeys(words_in(part) if isinstance(part, Phrase) else [part])
        if isinstance(part, Phrase):
            rows.append(_in_a_row(part))
    if cost is None:
        return {"$and": [*map(filter_of, single), *rows]}
    rarest, *rest = sorted(single, key=cost)
    return {"$and": [filter_of(rarest, cost), *(hidden(filter_of(part)) for part in rest), *rows]}


def _in_a_row(phrase: Phrase) -> Filter:
    row = " ".join(map(encoded, phrase.words))
    return {"folded": {"$regex": f"{WORD_BEGINS}{row}{'' if phrase.is_open else WORD_ENDS}"}}
