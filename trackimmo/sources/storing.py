"""Downloads on disk: unfinished ones, to go on with, and finished ones, for whoever wants them next.

They lie in DVF_CACHE_DIR, which is ours alone. The files of one address are named by its digest: `.etag` tells which
edition the others are of, `.part` is what has come so far, `.csv` is all of it; one of these two at most is there.
Whoever changes them holds the lock of that name, so that two workers of a host never get the same file twice.
"""

import fcntl
import hashlib
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings

from core.outgoing import Deadline
from trackimmo.dvf.compression import GZIP_MAGIC
from trackimmo.errors import SourceUnavailable

# Lock files stay: one that is removed could be locked twice. So there are as many as two hexadecimal digits tell apart.
LOCK_DIGITS: Final = 2
LOCK_SUFFIX: Final = ".lock"
OURS: Final = re.compile(r"[0-9a-f]{32}\.(etag|part|csv)")
POLL_SECONDS: Final = 0.1
# What nobody has touched for so long, nobody goes on with.
KEPT_SECONDS: Final = 24 * 3600
# So long after it came, a file is given to the next worker without asking the publisher whether it is still the same.
FRESH_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class Stored:
    """What we have of one address."""

    directory: Path
    name: str

    @property
    def etag(self) -> str:
        """The edition's, empty if there is nothing or the publisher did not tell."""
        path = self._file(".etag")
        return path.read_text(encoding="latin-1") if path.exists() else ""

    @property
    def body(self) -> Path:
        """The whole file, if it is there."""
        return self._file(".csv")

    @property
    def is_whole(self) -> bool:
        """Whether there is nothing more to come."""
        return self.body.exists()

    @property
    def is_fresh(self) -> bool:
        """Whether another worker has just got all of it."""
        return self.is_whole and time.time() - self.body.stat().st_mtime < FRESH_SECONDS

    @property
    def part_bytes(self) -> int:
        """How much has come of an unfinished download that can be gone on with: its edition is known for sure."""
        part = self._file(".part")
        return part.stat().st_size if part.exists() and self.etag.startswith('"') else 0

    def begin(self, etag: str) -> None:
        """Forget what there is, and expect this edition."""
        self.clear()
        with self._open(".etag", os.O_TRUNC) as file:
            file.write(etag.encode("latin-1"))

    def more(self) -> BinaryIO:
        """Where the next bytes go."""
        return self._open(".part", os.O_APPEND)

    @property
    def ends_well(self) -> bool:
        """Whether what has come ends as a file of sales does; what is gzipped tells its end itself."""
        with self._file(".part").open("rb") as part:
            if part.read(len(GZIP_MAGIC)) == GZIP_MAGIC:
                return True
            part.seek(-1, os.SEEK_END)
            return part.read(1) == b"\n"

    def finish(self) -> None:
        """All has come."""
        with self.more() as part:
            os.fsync(part.fileno())
        self._file(".part").replace(self.body)

    def confirm(self) -> None:
        """The publisher says that it is still the same."""
        self._file(".etag").touch(mode=0o600)
        self.body.touch()

    def clear(self) -> None:
        """Forget what there is."""
        for suffix in (".csv", ".part", ".etag"):
            self._file(suffix).unlink(missing_ok=True)

    def _file(self, suffix: str) -> Path:
        return self.directory / f"{self.name}{suffix}"

    def _open(self, suffix: str, how: int) -> BinaryIO:
        return os.fdopen(os.open(self._file(suffix), os.O_WRONLY | os.O_CREAT | how, 0o600), "wb")


def stored(address: str) -> Stored:
    """What we have of an address. Raises SourceUnavailable if the directory is not ours alone."""
    return Stored(_directory(), hashlib.sha256(address.encode()).hexdigest()[:32])


@contextmanager
def locked(name: str, *, deadline: Deadline, wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Nobody else on this host downloads what has this name; `wait` is called again and again until it is our turn.

    Raises SourceUnavailable if it is not before the deadline.
    """
    with _lock_file(name) as lock:
        while not _take(lock):
            if deadline.is_over:
                raise SourceUnavailable("DVF_CACHE_DIR", "another worker is still fetching the same file")
            wait()
            time.sleep(deadline.limit(POLL_SECONDS))
        yield


def remove_old() -> None:
    """Remove downloads that have been lying about for longer than KEPT_SECONDS, unless somebody works on one right now.

    Whatever else an operator has in the directory stays.
    """
    if not Path(settings.DVF_CACHE_DIR).is_dir():
        return
    for path in _directory().iterdir():
        if OURS.fullmatch(path.name) and _age_seconds(path) > KEPT_SECONDS:
            with _lock_file(path.stem) as lock:
                if _take(lock):
                    path.unlink(missing_ok=True)


def _directory() -> Path:
    directory = Path(settings.DVF_CACHE_DIR)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = directory.lstat()
    # The default is in a directory where everybody may write, and so put something of his in our place.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise SourceUnavailable("DVF_CACHE_DIR", "this is not a directory of ours")
    if stat.S_IMODE(found.st_mode) != 0o700:
        directory.chmod(0o700)
    return directory


def _lock_file(name: str) -> BinaryIO:
    path = _directory() / f"{name[:LOCK_DIGITS]}{LOCK_SUFFIX}"
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")


def _take(lock: BinaryIO) -> bool:
    """Lock it until it is closed, be it by our death."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _age_seconds(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
