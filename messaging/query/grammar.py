"""The grammar, and reading a query with it."""

from typing import Final, cast

from lark import Lark, Token, Transformer, UnexpectedToken

from messaging.query.errors import NotAQuery
from messaging.query.lexer import QueryLexer, shown
from messaging.query.tree import Leaf, Node, both, either, leaves, negated

LONGEST: Final = 1000
GRAMMAR: Final = """
?query: either
?either: both | either "OR" both -> either_of
?both: one | both "AND"? one -> both_of
?one: LEAF -> leaf
    | "NOT" one -> none_of
    | "(" either ")"
%declare LEAF
"""
# In the order in which they are told, by lark's names. Where OR may follow, lark has tried AND before.
EXPECTED: Final = {
    "LEAF": 'a word, a "phrase"',
    "OR": "AND, OR",
    "NOT": "NOT",
    "LPAR": '"("',
    "RPAR": '")"',
    "$END": "the end",
}


class Meaning(Transformer[Token, Node]):
    """What each rule of the grammar stands for; called while it is parsed: nothing recurs, however deep."""

    def leaf(self, found: list[Token]) -> Leaf:
        """A word, a prefix or a phrase."""
        return cast(Leaf, found[0].value)

    def none_of(self, found: list[Node]) -> Node:
        """NOT."""
        return negated(found[0])

    def both_of(self, found: list[Node]) -> Node:
        """AND, written or not."""
        return both(found[0], found[1])

    def either_of(self, found: list[Node]) -> Node:
        """OR."""
        return either(found[0], found[1])


PARSER: Final = Lark(GRAMMAR, start="query", parser="lalr", lexer=QueryLexer, transformer=Meaning())


def parse(text: str) -> Node:
    """What the query means. Raises NotAQuery."""
    if len(text) > LONGEST:
        raise NotAQuery(f"A search has at most {LONGEST:,} characters; this one has {len(text):,}.")
    try:
        meaning = cast(Node, PARSER.parse(text))
    except UnexpectedToken as error:
        raise NotAQuery(_told(error, text)) from None
    if next(leaves(meaning), None) is None:
        raise NotAQuery("There is nothing to find in it but what must not be there: add a word that must.")
    return meaning


def _told(error: UnexpectedToken, text: str) -> str:
    expected = [told for name, told in EXPECTED.items() if name in error.accepts]
    choice = " or ".join([", ".join(expected[:-1]), expected[-1]] if expected[1:] else expected)
    at_end = error.token.type == "$END"
    found = "end" if at_end else shown(str(error.token))
    position = len(text) if at_end else error.token.start_pos or 0
    return f"Unexpected {found} at position {position + 1}. Expected {choice}."
