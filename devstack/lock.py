"""One supervisor per checkout: a lock that ends with its holder, however that ends. Standard library only."""

import fcntl
import json
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from devstack.errors import AlreadyRunning

NAME = "up.lock"
PATIENCE_SECONDS = 10.0


class RunLock:
    """Holds `data`/up.lock, where it says who runs and under which `url`. Raises AlreadyRunning if somebody
    else does.

    A holder that is stopping is waited for; one that runs is not.
    """

    def __init__(self, data: Path, *, url: str) -> None:
        self._path = data / NAME
        self._url = url

    def __enter__(self) -> Self:
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        self._file = self._path.open("a+")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._try_to_lock():
            holder = self._holder()
            # Nothing to read means that it is just writing, or leaving.
            is_running = bool(holder) and not holder.get("stopping")
            if is_running or time.monotonic() > deadline:
                self._file.close()
                pid = holder.get("pid", "unknown")
                raise AlreadyRunning(
                    f"Switchboard runs already in this checkout: {holder.get('url', 'starting')} (process {pid}). "
                    f"Stop it with Ctrl-C or: kill {pid}"
                )
            time.sleep(0.1)
        self._say(stopping=False)
        return self

    def stopping(self) -> None:
        """Let the next run know that it is worth waiting."""
        self._say(stopping=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.truncate(0)
        self._file.close()

    def _try_to_lock(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _holder(self) -> dict[str, object]:
        try:
            content = json.loads(self._path.read_text())
        except ValueError:
            return {}
        return content if isinstance(content, dict) else {}

    def _say(self, *, stopping: bool) -> None:
        self._file.truncate(0)
        self._file.write(json.dumps({"pid": os.getpid(), "url": self._url, "stopping": stopping}))
        self._file.flush()
