"""Texts that are phone numbers, or parts of one, as people write them."""

import unicodedata
from typing import Final

PLUS: Final = "+＋"  # noqa: RUF001 -- the second is what Japanese keyboards write
SEPARATORS: Final = frozenset("./-\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
TRUNK_ZERO: Final = "(0)"


def plain(text: str) -> str | None:
    """In ASCII, and without what separates, but for parentheses; None if there is anything else in it."""
    said = [_plain(character) for character in text]
    return None if None in said else "".join(filter(None, said))


def digits_of(plain_text: str) -> str:
    """Of a plain text, without parentheses."""
    return plain_text.replace("(", "").replace(")", "")


def phone_fragment(text: str) -> str | None:
    """The digits of what is written like a part of a phone number, to be found in one that is kept; None for others.

    A `+` stays before them. Without one, zeros before them are how the number is dialled and no part of it.
    """
    digits = digits_of((plain(text) or "").replace(TRUNK_ZERO, "", 1))
    if not digits.removeprefix("+").isdecimal():
        return None
    return digits if digits[0] == "+" else digits.lstrip("0") or None


def _plain(character: str) -> str | None:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if character in PLUS:
        return "+"
    if character in "()":
        return character
    is_nothing = character in SEPARATORS or character.isspace() or unicodedata.category(character) == "Cf"
    return "" if is_nothing else None
