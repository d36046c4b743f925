"""Where in a message the words are that were sought."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from messaging.query import Leaf, Node, Phrase, Prefix, leaves
from messaging.words import Place, places_of

LONGEST: Final = 200
LEAD: Final = 60
CUT: Final = "…"
Span = tuple[int, int]


def snippet_of(content: str, query: Node) -> str:
    """A part of the content, around what was sought first, as HTML: escaped, with `<mark>` around what was sought."""
    spans = _joined(sorted(_spans(list(places_of(content)), query)))
    start, end = _window(content, spans[0] if spans else (0, 0))
    pieces, position = [CUT if start else ""], start
    for first, last in spans:
        # What the window cuts is marked as far as it can be seen.
        first, last = max(first, position), min(last, end)  # noqa: PLW2901
        if first < last:
            pieces.append(f"{escape(content[position:first])}<mark>{escape(content[first:last])}</mark>")
            position = last
    return "".join([*pieces, escape(content[position:end]), CUT if end < len(content) else ""])


def _spans(places: Sequence[Place], query: Node) -> Iterator[Span]:
    for leaf in set(leaves(query)):
        words, is_open = _sought(leaf)
        for first in range(len(places) - len(words) + 1):
            row = places[first : first + len(words)]
            if _stand(row, words, is_open=is_open):
                yield row[0].start, row[-1].end


def _sought(leaf: Leaf) -> tuple[tuple[str, ...], bool]:
    if isinstance(leaf, Phrase):
        return leaf.words, leaf.is_open
    return (leaf.text,), isinstance(leaf, Prefix)


def _stand(row: Sequence[Place], words: Sequence[str], *, is_open: bool) -> bool:
    """Whether the words are those of the row."""
    if any(place.word != word for place, word in zip(row[:-1], words, strict=False)):
        return False
    return row[-1].word.startswith(words[-1]) if is_open else row[-1].word == words[-1]


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Those that overlap, as one."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _window(content: str, around: Span) -> Span:
    """Where the snippet begins and ends: at spaces, if there are any nearby."""
    if len(content) <= LONGEST:
        return 0, len(content)
    start = max(0, min(around[0] - LEAD, len(content) - LONGEST))
    if start:
        start = content.find(" ", start, around[0]) + 1 or start
    end = min(len(content), start + LONGEST)
    if end < len(content):
        end = max(content.rfind(" ", max(start + 1, min(around[1], end)), end), 0) or end
    return start, end
