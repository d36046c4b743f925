"""What the tests of profiles have in common."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from profiles.selectors import pages, parts
from profiles.services import segments

QUERY_COUNTS = json.loads(Path(__file__).with_name("query_counts.json").read_text())


@pytest.fixture
def counted():
    """Assert that a block runs as many queries as `query_counts.json` says: more is an N+1, fewer is worth a commit."""

    @contextmanager
    def count(endpoint: str) -> Iterator[None]:
        with CaptureQueriesContext(connection) as queries:
            yield
        assert {endpoint: len(queries)} == {endpoint: QUERY_COUNTS[endpoint]}, [q["sql"] for q in queries]

    return count


@pytest.fixture
def small_segments(monkeypatch):
    """Let segments be closed of so few rows, and let everything that is done at size be done to them."""

    def shrink(block_rows: int = 3, segment_blocks: int = 2, *, few_to_skip: int = 0, few_profiles: int = 1000) -> None:
        monkeypatch.setattr(segments, "BLOCK_ROWS", block_rows)
        monkeypatch.setattr(segments, "SEGMENT_BLOCKS", segment_blocks)
        monkeypatch.setattr(segments, "WORTH_COUNTING", 1)
        monkeypatch.setattr(pages, "FEW_TO_SKIP", few_to_skip)
        monkeypatch.setattr(parts, "FEW_PROFILES", few_profiles)

    return shrink
