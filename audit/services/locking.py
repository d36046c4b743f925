"""The lock on an organization's chain."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, transaction
from psycopg.errors import LockNotAvailable

from audit.models import Chain


class ChainIsLocked(Exception):
    """Another transaction has held the chain's row for longer than `lock_timeout`."""


@contextmanager
def locked_chain() -> Iterator[Chain]:
    """A transaction that holds the scope's chain; a new one if the organization has none. Raises ChainIsLocked."""
    with transaction.atomic():
        chain = _locked()
        if chain is None:
            # Another relay may be quicker: its row is as good.
            Chain.objects.bulk_create([Chain()], ignore_conflicts=True)
            chain = _locked()
        yield chain or Chain()


@contextmanager
def resting_chain() -> Iterator[Chain]:
    """The same to read only: nobody appends meanwhile. An organization without a chain gets none."""
    with transaction.atomic():
        yield _locked() or Chain()


def _locked() -> Chain | None:
    try:
        return Chain.objects.select_for_update(of=("self",)).first()
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise ChainIsLocked("Another process appends to this organization's log.") from error
        raise
