"""How many queries an endpoint costs, so that one more shows in a diff."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext


def counting(path: Path) -> Callable[[str], AbstractContextManager[None]]:
    """Assert that a block runs as many queries as the file says: more is an N+1, fewer is worth a commit."""
    written = json.loads(path.read_text())

    @contextmanager
    def count(endpoint: str) -> Iterator[None]:
        with CaptureQueriesContext(connection) as queries:
            yield
        told = "\n".join([f"{endpoint}: {len(queries)}", *(query["sql"] for query in queries)])
        assert len(queries) == written.get(endpoint), told

    return count
