"""The language of the search: what queries mean, and what is told about those that mean nothing."""

import time

import pytest

from messaging.query import And, Not, NotAQuery, Or, Phrase, Prefix, Word, parse

A, B, C, D = map(Word, "abcd")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Help", Word("help")),
        ("élan", Word("elan")),
        ("a b", And((A, B))),
        ("a AND b c", And((A, B, C))),
        ("a OR b AND c", Or((A, And((B, C))))),
        ("a b OR c d", Or((And((A, B)), And((C, D))))),
        ("(a OR b) c", And((Or((A, B)), C))),
        ("a NOT b", And((A, Not(B)))),
        ("NOT a b OR c", Or((And((Not(A), B)), C))),
        ("a NOT (b OR c)", And((A, Not(B), Not(C)))),
        ("a OR NOT (b AND c)", Or((A, Not(B), Not(C)))),
        ("NOT NOT a", A),
        ("NOT (NOT a AND b)", Or((A, Not(B)))),
        ("ord*", Prefix("ord")),
        ('"My  order!" x', And((Phrase(("my", "order")), Word("x")))),
        ('"one"', Word("one")),
        ("“smart quotes”", Phrase(("smart", "quotes"))),
        ("don't", Phrase(("don", "t"))),
        ("e-mai*", Phrase(("e", "mai"), is_open=True)),
        ("你好", Phrase(("你", "好"))),
        ("and or not", And((Word("and"), Word("or"), Word("not")))),
        ("a,b;c/d", And((A, B, C, D))),
        ("help?! @a #b 5% c&d", And((Word("help"), A, B, Word("5"), C, D))),
        ("a - b", And((A, B))),
        ('"$where {x} *"', Phrase(("where", "x"))),
    ],
)
def test_a_query_means(text, meaning):
    assert parse(text) == meaning


OPERAND = 'Expected a word, a "phrase", NOT or "(".'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a OR)", f'Unexpected ")" at position 5. {OPERAND}'),
        ("()", f'Unexpected ")" at position 2. {OPERAND}'),
        ("a AND", f"Unexpected end at position 6. {OPERAND}"),
        ("OR a", f'Unexpected "OR" at position 1. {OPERAND}'),
        ("(a", 'Unexpected end at position 3. Expected AND, OR or ")".'),
        ("a)", 'Unexpected ")" at position 2. Expected AND, OR or the end.'),
        ("a 'b \"c", "Unexpected quote at position 6. It is never closed."),
        ("o*d", 'Unexpected "*" at position 2. A star stands at the end of a word.'),
        ("a **", 'Unexpected "*" at position 3. A star stands at the end of a word.'),
        ("$where", 'Unexpected "$" at position 1. It has no meaning in a search.'),
        ("what?why", 'Unexpected "?" at position 5. It has no meaning in a search.'),
        ("!a", 'Unexpected "!" at position 1. Put NOT before what must not be there.'),
        ("a -b", 'Unexpected "-" at position 3. Put NOT before what must not be there.'),
        ("NOT a", "There is nothing to find in it but what must not be there: add a word that must."),
        ("a\u202eb", "Unexpected character U+202E at position 2."),
        ("(" * 21, "Parentheses at most 20 deep: position 21 is deeper."),
        (" ".join(["a"] * 33), "At most 32 words at once: position 65 is too far."),
    ],
)
def test_what_is_wrong_is_told_with_its_position(text, problem):
    with pytest.raises(NotAQuery) as told:
        parse(text)
    assert told.value.fields == {"q": [problem]}


@pytest.mark.parametrize("character", "$+[]{}^|\\<>=~`")
def test_what_has_a_meaning_elsewhere_has_none_here(character):
    for text in (character, f"{character}a", f"a{character}", f"a{character}b", f"a {character} b"):
        with pytest.raises(NotAQuery):
            parse(text)
    assert parse(f'"a{character}b"') == Phrase(("a", "b"))


def test_the_limits_are_reached_and_not_passed():
    assert parse("(" * 20 + "a" + ")" * 20) == A
    assert len(parse(" ".join(["a"] * 32)).parts) == 32
    assert parse("a" + " " * 999) == A
    with pytest.raises(NotAQuery):
        parse("a" + " " * 1000)


HOSTILE = {
    "parentheses": "(" * 10_000,
    "as many as fit": "(" * 1_000,
    "closed": "(" * 500 + ")" * 500,
    "operator": "$where",
    "object": '{"$gt": ""}',
    "regex": "(a+)+$",
    "stars": "a*" * 500,
    "megabyte": "a" * 2**20,
    "nul": "a\x00b",
    "direction": "a\u202eb\u200f",
    "surrogate": "a\ud800",
    "quotes": '"' * 999,
    "marks": "a" + "\u0301" * 998 + ")",
    "negations": "NOT " * 249 + "a",
    "dashes": "-" * 999 + "(",
    "questions": "!?" * 499 + "a",
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_queries_are_refused_within_fifty_milliseconds(name):
    def refuse():
        started = time.thread_time()
        with pytest.raises(NotAQuery):
            parse(HOSTILE[name])
        return time.thread_time() - started

    assert min(refuse() for _ in range(3)) < 0.05
