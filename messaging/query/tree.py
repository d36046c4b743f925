"""What a query means.

NOT stands at words, prefixes and phrases only: a denied group is the group of what is denied.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Word:
    """A word, folded, is there."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """A word that begins with `text` is there."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words stand one after another; of the last, with `is_open`, only the beginning is told."""

    words: tuple[str, ...]
    is_open: bool = False


Leaf: TypeAlias = Word | Prefix | Phrase


@dataclass(frozen=True, slots=True)
class Not:
    """The leaf is not there."""

    leaf: Leaf


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold. None of them is an And."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds. None of them is an Or."""

    parts: tuple["Node", ...]


Node: TypeAlias = Leaf | Not | And | Or


def leaf_of(words: Sequence[str], *, is_open: bool = False) -> Leaf:
    """What the words, written without a space between them or in quotes, stand for."""
    if len(words) > 1:
        return Phrase(tuple(words), is_open)
    return Prefix(words[0]) if is_open else Word(words[0])


def both(left: Node, right: Node) -> Node:
    """Left AND right."""
    return And((*_parts(left, And), *_parts(right, And)))


def either(left: Node, right: Node) -> Node:
    """Left OR right."""
    return Or((*_parts(left, Or), *_parts(right, Or)))


def negated(node: Node) -> Node:
    """NOT node."""
    match node:
        case Not(leaf):
            return leaf
        case And(parts):
            return Or(tuple(negated(part) for part in parts))
        case Or(parts):
            return And(tuple(negated(part) for part in parts))
    return Not(node)


def leaves(node: Node) -> Iterator[Leaf]:
    """What is sought: all leaves but those that must not be there."""
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from leaves(part)
    elif not isinstance(node, Not):
        yield node


def alternatives(node: Node) -> tuple[Node, ...]:
    """The parts of an Or; of anything else, itself."""
    return _parts(node, Or)


def _parts(node: Node, kind: type[And] | type[Or]) -> tuple[Node, ...]:
    return node.parts if isinstance(node, And | Or) and isinstance(node, kind) else (node,)
