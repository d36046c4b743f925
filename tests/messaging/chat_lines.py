"""What people really wrote to companies: see the data's own README."""

import csv
import gzip
from pathlib import Path

import pytest

CHAT = Path(__file__).resolve().parents[3] / "shared" / "data" / "chat"
TURNS = CHAT / "multidogo_customer_turns.tsv.gz"
QUESTIONS = [CHAT / "banking_train.csv", CHAT / "banking_test.csv"]
needs_chat = pytest.mark.skipif(not TURNS.is_file(), reason=f"There are no chat lines in {CHAT}.")


def chat_lines(number: int) -> list[str]:
    """So many of them, evenly from the whole."""
    with gzip.open(TURNS, "rt", encoding="utf-8", newline="") as turns:
        found = [row["text"] for row in csv.DictReader(turns, delimiter="\t", quoting=csv.QUOTE_NONE) if row["text"]]
    for path in QUESTIONS:
        with path.open(encoding="utf-8", newline="") as questions:
            found += [row["text"] for row in csv.DictReader(questions)]
    assert len(found) >= number
    return [found[position * len(found) // number] for position in range(number)]
