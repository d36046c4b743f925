"""A page of what is found."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final
from uuid import UUID

import pymongo
from pymongo.errors import ExecutionTimeout

from messaging.documents import MESSAGES
from messaging.selectors.conversations import require_conversation
from messaging.selectors.search.asking import Filter, Found, Hit, Order, Search, SearchTooSlow
from messaging.selectors.search.filters import filter_of
from messaging.selectors.search.places import NEWEST_FIRST, Recent, Relevant
from messaging.selectors.search.rarity import costs
from messaging.selectors.search.relevance import scored, scored_filter, scored_words, unscored_filter
from messaging.selectors.search.scoring import score_of

SECONDS: Final = 4
SHOWN: Final = dict.fromkeys(["conversation_id", "content", "type", "created_at"], 1)
NOTHING: Final = dict[str, Any]()
Documents = Iterator[Mapping[str, Any]]


def search(asked: Search) -> Found:
    """A page of the messages that match.

    Raises ConversationNotFound for an unknown conversation, NotACursor, SearchTooSlow and PyMongoError. PostgreSQL is
    asked only where nothing is found in a conversation.
    """
    place = Recent if asked.order is Order.RECENT else Relevant
    with _in_time():
        documents = _recent(asked) if asked.order is Order.RECENT else _relevant(asked)
        hits = [_hit(document) for document in islice(documents, asked.limit + 1)]
    if not hits and asked.conversation_id is not None:
        require_conversation(asked.conversation_id)
    page = hits[: asked.limit]
    return Found(page, place.cursor(page[-1]) if len(hits) > asked.limit else None)


def matching_ids(asked: Search) -> Iterator[UUID]:
    """Of all that match, in whatever order; found as `search` finds them, pages aside."""
    only = {"_id": 1}
    for one in _filters(asked):
        yield from (document["_id"] for document in MESSAGES.here().find({**one, **asked.narrowing}, only))


def _filters(asked: Search) -> Iterator[Filter]:
    """Each message that matches is of one of them, and the later ones come after the first."""
    if asked.order is Order.RECENT:
        yield filter_of(asked.query, costs())
        return
    for one in (scored_filter(asked.query), unscored_filter(asked.query, costs())):
        if one is not None:
            yield one


def _recent(asked: Search) -> Documents:
    words = scored_words(asked.query)
    after = Recent.of(asked.cursor) if asked.cursor else None
    found = _newest(asked, filter_of(asked.query, costs()), after, limit=asked.limit + 1, shown={**SHOWN, "folded": 1})
    return ({**document, "score": score_of(document["folded"], words)} for document in found)


def _relevant(asked: Search) -> Documents:
    """Those with a score, and where they are too few those without; asked for only when they are drawn on."""
    after = Relevant.of(asked.cursor) if asked.cursor else None
    best = scored_filter(asked.query)
    drawn = 0
    if best is not None and (after is None or after.score > 0):
        limit = asked.limit + 1
        for document in scored({**best, **asked.narrowing}, after=after, limit=limit, shown=SHOWN):
            drawn += 1
            yield document
    rest = unscored_filter(asked.query, costs()) if drawn <= asked.limit else None
    if rest is not None:
        last = after.recent if after is not None and after.score == 0 else None
        for document in _newest(asked, rest, last, limit=asked.limit + 1 - drawn, shown=SHOWN):
            yield {**document, "score": 0.0}


def _newest(asked: Search, one: Filter, after: Recent | None, *, limit: int, shown: Mapping[str, Any]) -> Documents:
    conditions = [one, asked.narrowing, after.older if after else NOTHING]
    whole = {"$and": [condition for condition in conditions if condition]}
    return iter(MESSAGES.here().find(whole, shown).sort(NEWEST_FIRST).limit(limit))


def _hit(document: Mapping[str, Any]) -> Hit:
    return Hit(
        id=document["_id"],
        conversation_id=document["conversation_id"],
        content=document["content"],
        type=document["type"],
        created_at=document["created_at"],
        score=document["score"],
    )


@contextmanager
def _in_time() -> Iterator[None]:
    try:
        with pymongo.timeout(SECONDS):
            yield
    except ExecutionTimeout as error:
        raise SearchTooSlow from error
