"""How many messages a part of a query finds: enough of it to know the rare from the frequent."""

import math
from functools import lru_cache
from typing import Any, Final

from messaging.documents import MESSAGES
from messaging.query import And, Node, Or, Phrase, Prefix, Word
from messaging.selectors.search.filters import Cost, filter_of, words_in

COUNTED: Final = 500


def costs() -> Cost:
    """A cost for `filter_of`, which counts each word of a search once. Raises PyMongoError."""
    return lru_cache(maxsize=None)(_cost_by(lru_cache(maxsize=None)(_count)))


def _cost_by(count: Any) -> Cost:  # noqa: ANN401 -- a cached function
    def cost(node: Node) -> float:
        match node:
            case Word() | Prefix():
                return float(count(node))
            case Phrase():
                return min(map(cost, words_in(node)))
            case And(parts):
                return min(map(cost, parts))
            case Or(parts):
                return sum(map(cost, parts))
        return math.inf

    return cost


def _count(leaf: Word | Prefix) -> int:
    """How many messages it finds, up to COUNTED; read from the index alone."""
    found = MESSAGES.here().aggregate([{"$match": filter_of(leaf)}, {"$limit": COUNTED}, {"$count": "found"}])
    return next((int(row["found"]) for row in found), 0)
