"""What a search finds among 100,000 real lines is what an evaluator that shares no code with it finds."""

from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from core import tenancy
from core.testing.mongo import start_empty
from messaging.documents import MESSAGES
from messaging.query import parse
from messaging.selectors.search import Order, Search, matching_ids, search
from messaging.words import searchable
from tests.messaging.brute_force import BruteForce, bits, has_positive, numbers_in, written
from tests.messaging.chat_lines import chat_lines, needs_chat
from tests.messaging.factories import THEN

LINES, QUERIES, PAGED = 100_000, 2_000, 60
SLICE = 1_000  # of what finds more lines than this, a slice of so many is compared,
WHOLE = 10  # but for each tenth query: all of it
ORGANIZATION = UUID(int=26)
SECOND = timedelta(seconds=1)


def store_lines(lines):
    for start in range(0, len(lines), 5_000):
        MESSAGES.here().insert_many(
            [
                {
                    "_id": UUID(int=number + 1),
                    "conversation_id": UUID(int=1),
                    "sender_id": "customer",
                    "receiver_id": "us",
                    "content": line,
                    "type": "text",
                    "status": "read",
                    "media_url": None,
                    "created_at": THEN + number * SECOND,
                    **searchable(line),
                }
                for number, line in enumerate(lines[start : start + 5_000], start)
            ]
        )


def found_by(asked):
    found = [one.int - 1 for one in matching_ids(asked)]
    assert len(set(found)) == len(found)
    return bits(found, LINES)


def require_the_same(text, expected, order, dice, *, whole):
    """Over all lines, or over a slice of them where it is most of them that are found."""
    span = {}
    if expected.bit_count() > SLICE and not whole:
        first = dice.randrange(LINES - SLICE)
        span = {"date_from": THEN + first * SECOND, "date_to": THEN + (first + SLICE) * SECOND}
        expected &= ((1 << SLICE) - 1) << first
    found = found_by(Search(query=parse(text), order=order, **span))
    assert found == expected, f"{order}: {text} differs at {numbers_in(found ^ expected)[:5]} ({span})"


def pages_of(text, order, limit):
    cursor = None
    while True:
        page = search(Search(query=parse(text), order=order, limit=limit, cursor=cursor))
        yield from page.hits
        cursor = page.next_cursor
        if cursor is None:
            return


def require_pages(text, expected, order):
    hits = list(pages_of(text, order, limit=max(1, min(1000, expected.bit_count() // 3))))
    assert bits([hit.id.int - 1 for hit in hits], LINES) == expected, f"{order}: {text}"
    assert len(hits) == expected.bit_count(), f"{order}: {text}"
    places = [(hit.score if order == Order.RELEVANCE else 0, hit.created_at, hit.id) for hit in hits]
    assert places == sorted(places, reverse=True), f"{order}: {text}"


@pytest.fixture
def scratch():
    """An organization of no other test. Nothing but dropping the collection is quick enough to forget so many."""
    MESSAGES.unscoped().drop()
    start_empty(MESSAGES)
    with tenancy.scope(ORGANIZATION):
        yield
    MESSAGES.unscoped().drop()
    start_empty(MESSAGES)


@needs_chat
@pytest.mark.timeout(420)
def test_two_thousand_queries_find_what_the_evaluator_finds(scratch):
    lines = chat_lines(LINES)
    evaluator = BruteForce(lines)
    dice = Random(20260127)
    store_lines(lines)
    found_something = paged = 0
    for number in range(QUERIES):
        tree = evaluator.tree(dice)
        while not has_positive(tree):
            tree = evaluator.tree(dice)
        text, expected = written(tree, dice), evaluator.matching(tree)
        for order in Order:
            require_the_same(text, expected, order, dice, whole=number % WHOLE == 0)
        found_something += expected > 0
        if paged < PAGED and 3 <= expected.bit_count() <= 2_000:
            paged += 1
            for order in Order:
                require_pages(text, expected, order)
    assert found_something > QUERIES / 2
    assert paged == PAGED
