"""Texts without case and accents, folded by PostgreSQL: what is stored and what is sought meet, however it is written.

As `messaging.words` folds, letter for letter, but that what separates words stays: parts of names, addresses and
numbers are sought here. Nothing but PostgreSQL's own immutable functions is used, so that a generated column can be of
it, and needs no extension.
"""

from typing import Final

from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Lower, Replace
from django.db.models.lookups import Contains

# Accents on Latin, Greek and Cyrillic letters, points of Hebrew and Arabic ones, and what only lays letters out. The
# breve of й and ў and the two dots of ї stay: these are letters of their own.
MARKS: Final = (
    r"(?<![ИиУу])\u0306|(?<![\u0406\u0456])\u0308"
    r"|[\u0300-\u0305\u0307\u0309-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    r"\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff"
    r"\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u00ad\u200b-\u200f\u2060\ufeff]"
)
# Letters that Unicode does not take apart: those with a stroke, the Turkish i, the sigma at the end of a word.
STROKES: Final = ("øłđħŧıς", "oldhti\u03c3")
JOINED: Final = (("ß", "ss"), ("æ", "ae"), ("œ", "oe"))


def folded(text: F | Func | Value) -> Func:
    """The text without case and accents: `Élan` as `elan`, `Straße` as `strasse`. Marks alone are an empty text."""
    bare = Func(_normalized(text, "NFKD"), Value(MARKS), Value(""), Value("g"), function="regexp_replace")
    plain = Func(Lower(bare), *map(Value, STROKES), function="translate")
    for letter, letters in JOINED:
        plain = Replace(plain, Value(letter), Value(letters))
    return _normalized(plain, "NFC")


def contains(column: F | Func, text: str) -> Contains:
    """Whether the folded `column` has the text in it, however either is written; each has what is empty in it."""
    return Contains(column, folded(Value(text, output_field=TextField())))


def _normalized(text: F | Func | Value, form: str) -> Func:
    return Func(text, function="normalize", template=f"%(function)s(%(expressions)s, {form})", output_field=TextField())
