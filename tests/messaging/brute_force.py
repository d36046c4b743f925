"""A second opinion on what a search finds: its own words, its own trees, sets of lines as bits of a number."""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from itertools import takewhile
from random import Random
from typing import Any

WORD = re.compile(r"[^\W_]+")
FREQUENT, RARE = 1000, 20
Tree = tuple[Any, ...]


def words_of(line: str) -> list[str]:
    """Its words, without case and accents."""
    flat = unicodedata.normalize("NFKD", line).casefold()
    return WORD.findall("".join(character for character in flat if not unicodedata.combining(character)))


class BruteForce:
    """Knows the words of each line, and the lines of each word as the bits of a number."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.words = [words_of(line) for line in lines]
        self.rows = [f" {' '.join(words)} " for words in self.words]
        self.everything = (1 << len(lines)) - 1
        numbers: dict[str, list[int]] = defaultdict(list)
        for number, words in enumerate(self.words):
            for word in set(words):
                numbers[word].append(number)
        self.lines = {word: bits(found, len(lines)) for word, found in numbers.items()}
        self.sorted = sorted(numbers)
        often = sorted(numbers, key=lambda word: (len(numbers[word]), word))
        self.rare = [word for word in often if len(numbers[word]) <= RARE]
        self.middling = [word for word in often if RARE < len(numbers[word]) <= FREQUENT]
        self.frequent = [word for word in often if len(numbers[word]) > FREQUENT]

    def matching(self, tree: Tree) -> int:
        """The lines that it means."""
        kind, *parts = tree
        if kind == "word":
            return self.lines.get(parts[0], 0)
        if kind == "prefix":
            first = bisect_left(self.sorted, parts[0])
            return union(map(self.lines.get, takewhile(lambda word: word.startswith(parts[0]), self.sorted[first:])))
        if kind == "phrase":
            return self._adjacent(parts[0])
        if kind == "not":
            return self.everything & ~self.matching(parts[0])
        if kind == "or":
            return union(map(self.matching, parts))
        found = self.everything
        for part in parts:
            found &= self.matching(part)
        return found

    def _adjacent(self, words: Sequence[str]) -> int:
        found = self.everything
        for word in words:
            found &= self.lines.get(word, 0)
        row = f" {' '.join(words)} "
        return bits([number for number in numbers_in(found) if row in self.rows[number]], len(self.words))

    def tree(self, dice: Random, depth: int = 3) -> Tree:
        """Any query at all."""
        kind = dice.choice(["leaf", "leaf", "not", "and", "and", "or", "or"]) if depth else "leaf"
        if kind == "not":
            return ("not", self.tree(dice, depth - 1))
        if kind in {"and", "or"}:
            return (kind, *(self.tree(dice, depth - 1) for _ in range(dice.choice([2, 2, 2, 3]))))
        return self._leaf(dice)

    def _leaf(self, dice: Random) -> Tree:
        kind = dice.choices(["word", "prefix", "phrase"], [70, 12, 18])[0]
        if kind == "phrase":
            words = dice.choice(self.words)
            at, size = dice.randrange(max(1, len(words) - 1)), dice.choice([2, 2, 3, 4])
            row = words[at : at + size]
            if len(row) > 1:
                return ("phrase", tuple(row if dice.random() < 0.85 else reversed(row)))
        word = self._word(dice)
        return ("prefix", word[: dice.randint(3, 6)]) if kind == "prefix" else ("word", word)

    def _word(self, dice: Random) -> str:
        kind = dice.choices(["rare", "middling", "frequent", "absent"], [34, 50, 10, 6])[0]
        return f"absent{dice.randrange(99)}" if kind == "absent" else dice.choice(getattr(self, kind))


def has_positive(tree: Tree, *, wanted: bool = True) -> bool:
    """Whether it asks for anything that must be there."""
    kind, *parts = tree
    if kind == "not":
        return has_positive(parts[0], wanted=not wanted)
    return any(has_positive(part, wanted=wanted) for part in parts) if kind in {"and", "or"} else wanted


def written(tree: Tree, dice: Random, *, within: int = 0) -> str:
    """It as a person may type it: with the parentheses that it needs, and now and then with more."""
    kind, *parts = tree
    if kind == "not":
        text, binding = f"NOT {written(parts[0], dice, within=3)}", 3
    elif kind == "and":
        text = dice.choice([" AND ", " "]).join(written(part, dice, within=2) for part in parts)
        binding = 2
    elif kind == "or":
        text, binding = " OR ".join(written(part, dice, within=1) for part in parts), 1
    else:
        text, binding = _leaf_written(kind, parts[0], dice), 4
    return f"({text})" if binding < within or dice.random() < 0.05 else text


def _leaf_written(kind: str, said: Any, dice: Random) -> str:
    cased = dice.choice([str.lower, str.lower, str.title])
    if kind == "phrase":
        return f'"{dice.choice([" ", " ", ", "]).join(map(cased, said))}"'
    return cased(said) + ("*" if kind == "prefix" else "")


def bits(numbers: Sequence[int], size: int) -> int:
    """The numbers, all less than `size`, as bits."""
    flags = bytearray(size // 8 + 1)
    for number in numbers:
        flags[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(flags, "little")


def numbers_in(found: int) -> list[int]:
    """Which bits are set."""
    binary = f"{found:b}"[::-1]
    return [match.start() for match in re.finditer("1", binary)]


def union(sets: Any) -> int:
    """The bits of all."""
    found = 0
    for one in sets:
        found |= one
    return found
