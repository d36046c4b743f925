"""AUDIT_CHECKPOINTS_FILE: every checkpoint of every organization, one JSON line each, only ever appended to.

A line that is no JSON was cut off when the disk was full or the machine went down, or somebody damaged it: it is left
out, as if it had been deleted. The other lines, the table and the exports have what it said or did not.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from audit.chain import canonical
from audit.checkpoints import Checkpoint, parsed


def append(path: Path, checkpoint: Checkpoint) -> None:
    """Write the checkpoint down for good; the file and its directory are made if need be. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        line = canonical(checkpoint.exported()) + b"\n"
        written = os.write(handle, b"\n" + line if _is_cut_off(handle) else line)
        os.fsync(handle)
    finally:
        os.close(handle)
    if written < len(line):
        raise OSError(f"{path} took a part of a checkpoint only.")
    if is_new:
        _sync_directory(path.parent)


def read(path: Path, organization_id: UUID) -> Iterator[Checkpoint]:
    """The organization's checkpoints, as they were written, line by line. Raises OSError."""
    wanted = str(organization_id).encode()
    with path.open("rb") as lines:
        for line in lines:
            if (
                wanted in line
                and (checkpoint := _parsed(line))
                and checkpoint.statement.organization_id == organization_id
            ):
                yield checkpoint


def _parsed(line: bytes) -> Checkpoint | None:
    try:
        found: Any = json.loads(line)
        return parsed(found)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _is_cut_off(handle: int) -> bool:
    size = os.fstat(handle).st_size
    return size > 0 and os.pread(handle, 1, size - 1) != b"\n"


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
