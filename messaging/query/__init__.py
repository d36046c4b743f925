"""The language of the message search: AND, OR, NOT, parentheses, "phrases" and prefixes as in `ord*`.

Words that follow one another must all be there. NOT binds tightest, then AND, then OR.
"""

from messaging.query.errors import NotAQuery
from messaging.query.grammar import LONGEST, parse
from messaging.query.tree import And, Leaf, Node, Not, Or, Phrase, Prefix, Word, alternatives, leaves

__all__ = [
    "LONGEST",
    "And",
    "Leaf",
    "Node",
    "Not",
    "NotAQuery",
    "Or",
    "Phrase",
    "Prefix",
    "Word",
    "alternatives",
    "leaves",
    "parse",
]
