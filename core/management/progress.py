"""The progress bar of an import."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn, TransferSpeedColumn


class ImportBar:
    """A bar of the bytes read, on standard error; silent where that is no terminal. Follows one file after another."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def follow(self, name: str, *, total_bytes: int) -> None:
        """The next file."""
        self._name = name
        self._task = self._bar.add_task(f"{name}: reading", total=total_bytes)

    def reading(self, taken_bytes: int) -> None:
        """So many bytes of the file have been read."""
        self._bar.update(self._task, completed=taken_bytes)

    def storing(self) -> None:
        """All is read; the database works."""
        self._bar.update(self._task, description=f"{self._name}: storing")

    def done(self) -> None:
        """The file is imported, or given up."""
        self._bar.update(self._task, description=self._name)
        self._bar.stop_task(self._task)
