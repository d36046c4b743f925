"""What the parts of `bench_mongo` share: organizations, loading a collection quickly, and their tables."""

import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO
from itertools import islice
from typing import Any, Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import pymongo  # noqa: E402
from django.core.management import call_command  # noqa: E402
from pymongo import WriteConcern  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.progress import Progress  # noqa: E402
from rich.table import Table  # noqa: E402

from accounts.models import Organization  # noqa: E402
from core.mongo import Collection  # noqa: E402

ROUNDS: Final = int(os.environ.get("BENCH_ROUNDS", "25"))
BATCH: Final = 5000
PATIENCE_SECONDS: Final = 1800
console = Console(width=140)
warnings.filterwarnings("ignore", message="No directory at")


def organizations(number: int) -> Sequence[Organization]:
    """New ones."""
    return [Organization.objects.create(name=f"Bench {one}", slug=f"bench-{one}") for one in range(number)]


@contextmanager
def without_indexes(collection: Collection[Any]) -> Iterator[None]:
    """Fill the collection within the block; its indexes and schema are made afterwards, as declared."""
    with pymongo.timeout(PATIENCE_SECONDS):
        collection.unscoped().drop()
        yield
        console.print(f"Making the indexes of {collection.name}")
        call_command("sync_mongo", stdout=StringIO())


def load(collection: Collection[Any], documents: Iterable[Mapping[str, Any]], *, total: int) -> None:
    """Insert many documents, with a progress bar, waiting for no disk."""
    quickly = collection.unscoped().with_options(write_concern=WriteConcern(w=1, j=False))
    rest = iter(documents)
    with Progress(console=console) as progress:
        task = progress.add_task(collection.name, total=total)
        while batch := list(islice(rest, BATCH)):
            quickly.insert_many(batch, ordered=False)
            progress.advance(task, len(batch))


def table(title: str, *columns: str) -> Table:
    """An empty table whose columns after the first are numbers."""
    made = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        made.add_column(column, justify="right" if number else "left")
    return made
