"""What the embedded servers have in common."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from devstack.ports import LOOPBACK, free_port
from devstack.processes import MARKER, ChildProcess, Program

READY_SECONDS = 30.0
STOP_SECONDS = 4.0


class Server(ABC):
    """A server program with its data in `data`/<name> and its log in `data`/log, on a loopback port of its
    own.

    `durable=False` trades safety after a crash of the machine for speed: for servers that are thrown away.
    The port stays the same when the server is started again. `launch` returns before the server is ready, so
    that several can start at once; `start` waits.
    """

    name: ClassVar[str]

    def __init__(self, data: Path, *, durable: bool = True, port: int | None = None) -> None:
        self.root = data
        self.data = data / self.name
        self.durable = durable
        self.port = port or free_port()
        self.process: ChildProcess | None = None

    @property
    def address(self) -> str:
        """`host:port`."""
        return f"{LOOPBACK}:{self.port}"

    @property
    @abstractmethod
    def environment(self) -> Mapping[str, str]:
        """The environment variables by which the platform finds this server."""

    @abstractmethod
    def _program(self) -> Program:
        """The program to run; the data directory exists."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether it serves requests now; finishes its set-up when that needs the server to run."""

    @property
    def log(self) -> Path:
        """The file its output goes to."""
        return self.root / "log" / f"{self.name}.log"

    @property
    def marker(self) -> Mapping[str, str]:
        """The environment variable that says to which stack a process belongs."""
        return {MARKER: str(self.root)}

    def launch(self) -> ChildProcess:
        """Start the program and return at once; see ChildProcess about the thread to call this from."""
        # For root the stack's directory can be passed through by PostgreSQL's account, and so by anybody.
        for directory in (self.data, self.log.parent):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.process = ChildProcess(self._program())
        return self.process

    def wait_until_ready(self) -> None:
        """Wait until it answers. Raises ProcessDied or NotReady."""
        if self.process is None:
            raise RuntimeError(f"{self.name} was not launched")
        self.process.wait_until(self._answers, seconds=READY_SECONDS)

    def start(self) -> None:
        """Start it and wait until it answers. Raises ProcessDied or NotReady."""
        self.launch()
        self.wait_until_ready()

    def stop(self) -> None:
        """Stop it in good order, or by force after a few seconds; its data stays."""
        if self.process is not None:
            self.process.ask_to_stop()
            self.process.wait_stopped(seconds=STOP_SECONDS)

    def kill(self) -> None:
        """SIGKILL, as a crash would; its data stays."""
        if self.process is not None:
            self.process.kill()
