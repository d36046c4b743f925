"""What the tests of profiles have in common."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.outbox.models import OutboxEvent

QUERY_COUNTS = json.loads(Path(__file__).with_name("query_counts.json").read_text())


def audited() -> list[dict]:
    """What was written to the audit log so far in our organization, oldest first."""
    return [event.payload for event in OutboxEvent.objects.filter(topic="audit.entry").order_by("created_at", "id")]


@pytest.fixture
def counted():
    """Assert that a block runs as many queries as `query_counts.json` says: more is an N+1, fewer is worth a commit."""

    @contextmanager
    def count(endpoint: str) -> Iterator[None]:
        with CaptureQueriesContext(connection) as queries:
            yield
        assert {endpoint: len(queries)} == {endpoint: QUERY_COUNTS[endpoint]}, [q["sql"] for q in queries]

    return count
