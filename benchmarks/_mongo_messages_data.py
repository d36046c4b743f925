"""A million messages: real chat lines where they lie beside the checkout, otherwise made-up ones."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any, Final
from uuid import UUID

from messaging.words import searchable

REAL: Final = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "chat"
A_CONVERSATION: Final = 20
END: Final = datetime(2026, 11, 1, tzinfo=UTC)
MADE_UP_LINES: Final = 100_000
VOCABULARY: Final = 20_000
SEED: Final = 20261101


def lines() -> tuple[Sequence[str], str]:
    """What people wrote, and where it comes from."""
    if REAL.is_dir():
        return list(_real()), "real chat lines"
    dice = Random(SEED)
    words = [_word(dice) for _ in range(VOCABULARY)]
    # Zipf's law: the n-th most frequent word is written one n-th as often as the first.
    weights = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
    made = (dice.choices(words, cum_weights=weights, k=dice.randint(2, 14)) for _ in range(MADE_UP_LINES))
    return [" ".join(line) for line in made], "made-up lines"


def _real() -> Iterator[str]:
    with gzip.open(REAL / "multidogo_customer_turns.tsv.gz", "rt", encoding="utf-8", newline="") as turns:
        for row in csv.DictReader(turns, delimiter="\t", quoting=csv.QUOTE_NONE):
            if text := row.get("text"):
                yield text
    for name in ("banking_train.csv", "banking_test.csv"):
        with (REAL / name).open(encoding="utf-8", newline="") as questions:
            yield from (row["text"] for row in csv.DictReader(questions))


def _word(dice: Random) -> str:
    return "".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(3, 9)))


def messages(organization_ids: Sequence[UUID], *, number: int, texts: Sequence[str]) -> Iterator[dict[str, Any]]:
    """So many messages, in turn one for each organization, a minute apart, twenty to a conversation."""
    dice = Random(SEED)
    found = {text: searchable(text) for text in set(texts)}
    for one in range(number):
        organization_id = organization_ids[one % len(organization_ids)]
        text = dice.choice(texts)
        yield {
            "_id": UUID(int=one + 1, version=4),
            "organization_id": organization_id,
            "conversation_id": conversation_of(one // len(organization_ids)),
            "sender_id": f"contact-{one % 977}",
            "receiver_id": "us",
            "content": text,
            "type": "text",
            "status": "read",
            "media_url": None,
            "created_at": END - timedelta(minutes=number - one),
            **found[text],
        }


def conversation_of(position: int) -> UUID:
    """The conversation that the message at this position of its organization belongs to."""
    return UUID(int=position // A_CONVERSATION + 1, version=4)
