"""Doing several things at the same time."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from threading import Barrier, Thread
from uuid import UUID

from django.db import connection

from core import tenancy


def at_once(works: Sequence[Callable[[], object]], *, organization_id: UUID | None = None) -> None:
    """Do all at once, each on a connection of its own, in the organization's scope if told; none may fail."""
    start, failures = Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        try:
            with tenancy.scope(organization_id) if organization_id else nullcontext():
                start.wait()
                work()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert not any(thread.is_alive() for thread in threads)
