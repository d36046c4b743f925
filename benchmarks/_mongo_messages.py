"""Messages: search and history beside MongoDB's bare commands, on a million messages of ten organizations."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from benchmarks._mongo import ROUNDS, console, load, organizations, table, without_indexes  # sets Django up: first

# isort: split
from benchmarks import _mongo_messages_data as data
from benchmarks._stopwatch import Stopwatch
from core import tenancy
from messaging.documents import MESSAGES
from messaging.query import parse
from messaging.selectors.history import history
from messaging.selectors.search import Order, Search, search
from messaging.words import encoded, words_of

MESSAGES_IN_ALL: Final = int(os.environ.get("BENCH_MESSAGES", "1_000_000"))
ORGANIZATIONS: Final = 10
LIMIT: Final = 20
PAGE: Final = 50
SCORE: Final = {"$meta": "textScore"}
NEWEST: Final = [("created_at", -1), ("_id", -1)]
Ask = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A query, and what the bare command is asked for: any of the same words, unless `text` says it as `$text` can."""

    name: str
    query: str
    words: Sequence[str]
    text: str = "{}"

    @property
    def bare(self) -> str:
        """What `$text` searches for."""
        words = [encoded(word) for word in self.words]
        return self.text.format(*words) if self.text != "{}" else " ".join(words)


def main() -> None:
    """Fill, measure, by turns."""
    texts, source = data.lines()
    ids = [organization.pk for organization in organizations(ORGANIZATIONS)]
    console.print(f"{MESSAGES_IN_ALL:,} messages of {ORGANIZATIONS} organizations; {source}, {len(texts):,} of them")
    with without_indexes(MESSAGES):
        load(MESSAGES, data.messages(ids, number=MESSAGES_IN_ALL, texts=texts), total=MESSAGES_IN_ALL)
    watch = Stopwatch()
    with tenancy.scope(ids[0]):
        cases = cases_of(texts)
        sides = {name: ask for case in cases for name, ask in sides_of(case, ids[0]).items()}
        sides |= pages(ids[0])
        for number in range(ROUNDS + 1):
            for name, ask in sides.items():
                if number:
                    watch.time(name, ask)
                else:
                    ask()
        report(cases, watch)


def cases_of(texts: Sequence[str]) -> list[Case]:
    """Words that many, some and few messages have, and queries of them."""
    ranked = [word for word, _ in Counter(word for text in texts for word in set(words_of(text))).most_common()]
    often, also, some, seldom = ranked[0], ranked[3], ranked[100], ranked[2000]
    return [
        Case("the most frequent word", often, [often]),
        Case("a frequent word", some, [some]),
        Case("a rare word", seldom, [seldom]),
        Case("one of three words", f"{also} OR {some} OR {seldom}", [also, some, seldom]),
        Case("two frequent words", f"{often} AND {also}", [often, also], '"{}" "{}"'),
        Case("a frequent and a rare word", f"{often} {seldom}", [often, seldom], '"{}" "{}"'),
        Case("one without another", f"{some} NOT {often}", [some, often], "{} -{}"),
        Case("words with a phrase", f'"{" ".join(_phrase(texts, some))}" OR {seldom}', [*_phrase(texts, some), seldom]),
    ]


def _phrase(texts: Sequence[str], word: str) -> list[str]:
    """Two words that somebody wrote in a row, with this one among them."""
    rows = (words_of(text) for text in texts)
    return next(row[at : at + 2] for row in rows for at in range(len(row) - 1) if word == row[at])


def sides_of(case: Case, organization_id: UUID) -> dict[str, Ask]:
    """How each side is asked the same."""
    raw = MESSAGES.unscoped()
    asked = {"organization_id": organization_id, "$text": {"$search": case.bare}}
    tree = parse(case.query)
    by_score, by_time = Search(query=tree, limit=LIMIT), Search(query=tree, order=Order.RECENT, limit=LIMIT)
    return {
        f"{case.name} bare": lambda: list(raw.find(asked, {"score": SCORE}).sort([("score", SCORE)]).limit(LIMIT)),
        f"{case.name} relevance": lambda: search(by_score),
        f"{case.name} recent": lambda: search(by_time),
    }


def pages(organization_id: UUID) -> dict[str, Ask]:
    """The last messages of a long conversation, bare and ours."""
    raw = MESSAGES.unscoped()
    long = UUID(int=1 << 64, version=4)
    last = raw.find({"organization_id": organization_id}).sort(NEWEST).limit(5 * PAGE)
    raw.update_many({"_id": {"$in": [one["_id"] for one in last]}}, {"$set": {"conversation_id": long}})
    asked = {"organization_id": organization_id, "conversation_id": long}
    return {
        "page bare": lambda: list(raw.find(asked).sort(NEWEST).limit(PAGE)),
        "page ours": lambda: history(long, limit=PAGE),
    }


def report(cases: Sequence[Case], watch: Stopwatch) -> None:
    """Print."""
    made = table(
        f"Search, {LIMIT} hits: milliseconds (medians of {ROUNDS})",
        "",
        "with any of the words",
        "bare $text",
        "by relevance",
        "ratio",
        "wanted",
        "newest first",
        "wanted",
    )
    for case in cases:
        bare, ours, recent = (watch[f"{case.name} {side}"] for side in ("bare", "relevance", "recent"))
        number = MESSAGES.here().count({"terms": {"$in": list(case.words)}})
        made.add_row(
            f"{case.name}: {case.query}",
            f"{number:,}",
            *(f"{bare:.2f}", f"{ours:.2f}", f"{ours / bare:.2f}", "<= 1.2"),
            *(f"{recent:.2f}", "<= 10"),
        )
    console.print(made)
    page = table(f"A conversation's last {PAGE} messages", "", "milliseconds", "ratio", "wanted")
    page.add_row("bare find", f"{watch['page bare']:.2f}", "", "")
    page.add_row("ours", f"{watch['page ours']:.2f}", f"{watch['page ours'] / watch['page bare']:.2f}", "<= 1.3")
    console.print(page)


if __name__ == "__main__":
    main()
