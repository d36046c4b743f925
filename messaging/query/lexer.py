"""From the text of a query to words, quoted phrases, operators and parentheses."""

import re
from collections.abc import Iterator
from typing import Any, Final

from lark import Token
from lark.lexer import Lexer

from messaging.query.errors import NotAQuery
from messaging.query.tree import leaf_of
from messaging.words import words_of

MOST_WORDS: Final = 32
DEEPEST: Final = 20
OPERATORS: Final = frozenset({"AND", "OR", "NOT"})
QUOTES: Final = '"“”„'
# Nobody types them: controls, marks that turn the direction of writing, halves of characters, and what bytes that
# were no UTF-8 were replaced with.
UNTYPED: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ud800-\udfff\ufeff\ufff9-\ufffd]"
)
PIECE: Final = re.compile(
    rf"""
    (?P<gap>        [\s,.;:/@&\#%]+ | [!?]+ (?=[\s,.;:/@&\#%)] | $) )
    | (?P<paren>    [()] )
    | (?P<phrase>   [{QUOTES}] (?P<quoted> [^{QUOTES}]* ) [{QUOTES}] )
    | (?P<dashes>   -+ (?=\s | $) )
    | (?P<word>     [^\s,.;:/@&\#%!?(){QUOTES}$+*\[\]{{}}^|\\<>=~`-]
                    [^\s,.;:/@&\#%!?(){QUOTES}$+*\[\]{{}}^|\\<>=~`]* )
      (?P<star>     \* (?=[\s,.;:/@&\#%!?(){QUOTES}] | $) )?
    """,
    re.VERBOSE,
)
HINTS: Final = {
    '"': "It is never closed.",
    "*": "A star stands at the end of a word.",
    "-": "Put NOT before what must not be there.",
    "!": "Put NOT before what must not be there.",
}
NO_MEANING: Final = "It has no meaning in a search."


class QueryLexer(Lexer):
    """Lark's interface to it."""

    def __init__(self, lexer_conf: Any) -> None:  # noqa: ANN401 -- lark hands its settings to every lexer
        """There is nothing to set."""

    def lex(self, data: str) -> Iterator[Token]:  # type: ignore[override]  # lark calls lexers without a state so
        """The tokens; the value of a word or phrase is what it means. Raises NotAQuery."""
        if found := UNTYPED.search(data):
            raise NotAQuery(f"Unexpected character U+{ord(found[0]):04X} at position {found.start() + 1}.")
        position = words = depth = 0
        while position < len(data):
            piece = PIECE.match(data, position)
            if piece is None:
                raise _unexpected(data, position)
            token, weight = _token(piece)
            words += weight
            if words > MOST_WORDS:
                raise NotAQuery(f"At most {MOST_WORDS} words at once: position {position + 1} is too far.")
            if token is not None:
                depth += {"LPAR": 1, "RPAR": -1}.get(token.type, 0)
                if depth > DEEPEST:
                    raise NotAQuery(f"Parentheses at most {DEEPEST} deep: position {position + 1} is deeper.")
                yield token
            position = piece.end()


def _token(piece: re.Match[str]) -> tuple[Token | None, int]:
    """What a piece is, if it is more than a gap, and how many words it has."""
    start, text = piece.start(), piece[0]
    if piece["paren"]:
        return Token("LPAR" if text == "(" else "RPAR", text, start_pos=start), 0
    if text in OPERATORS:
        return Token(text, text, start_pos=start), 0
    words = words_of(piece["quoted"] or piece["word"] or "")
    if words:
        token = Token("LEAF", text, start_pos=start)
        token.value = leaf_of(words, is_open=piece["star"] is not None)
        return token, len(words)
    if piece["star"]:
        raise _unexpected(piece.string, piece.start("star"))
    return None, 0


def _unexpected(data: str, position: int) -> NotAQuery:
    hint = HINTS.get('"' if data[position] in QUOTES else data[position], NO_MEANING)
    return NotAQuery(f"Unexpected {shown(data[position])} at position {position + 1}. {hint}")


def shown(text: str) -> str:
    """A piece of the query in quotes; a quote itself as it is called."""
    return "quote" if text in QUOTES else f'"{text}"'
