"""`python -m devstack up`: the whole platform in one terminal."""

import json
import shutil
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn

from devstack import leftovers
from devstack.banner import banner
from devstack.errors import NotReady, PortTaken
from devstack.lock import RunLock
from devstack.ports import LOOPBACK, is_free, port_near
from devstack.processes import POLL_SECONDS, ChildProcess
from devstack.programs import TEMPORARY, Programs
from devstack.settings_file import SettingsFile
from devstack.stack import Stack
from devstack.supervisor import Supervisor

READY_SECONDS = 60.0
READY_POLL_SECONDS = 0.25
PATIENCE_SECONDS = 2.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What was chosen in the environment of this run and a command in a second terminal needs to match it.
PASSED_ON = (
    *("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "MONGODB_URI", "MONGODB_DATABASE"),
    *("SMTP_SERVER", "SMTP_PORT", "SMTP_USERNAME", "SMTP_PASSWORD", "SMTP_USE_TLS"),
    *("GEO_API_URL", "DVF_BASE_URL", "DVF_YEAR_URLS", "CHECKOUT_API_URL", "CHECKIN_URL"),
    *(
        "SECRET_KEY",
        "ENCRYPTION_KEYS",
        "JWT_SIGNING_KEYS",
        "API_KEY",
        "ADMIN_API_KEY",
        "CHECKOUT_API_KEY",
        "METRICS_TOKEN",
        "AUDIT_SIGNING_KEYS",
        "AUDIT_CHECKPOINTS_FILE",
    ),
)


class StopRequested(BaseException):
    """A signal asked us to stop. Not an Exception: nothing on the way may take it for a failure."""


class Up:
    """One run of the platform with its data under `data`, web on the loopback `port`, live events on `live_port`.

    Without a `live_port` they take the one after `port`, or any that is free.
    """

    def __init__(self, data: Path, environment: Mapping[str, str], *, port: int, live_port: int | None) -> None:
        self.data = data
        self.port = port
        self._live_port = live_port
        self.url = f"http://{LOOPBACK}:{port}"
        self._given = environment
        self._supervisor = Supervisor(report=say)
        self._settings = SettingsFile(data)

    def run(self) -> None:
        """Run until a signal comes. Raises StackError when it cannot start or go on."""
        listen_for_signals()
        with RunLock(self.data, url=self.url) as lock:
            if count := leftovers.sweep(self.data):
                say(f"ended {count} processes that an earlier run left behind")
            if not is_free(self.port):
                raise PortTaken(f"Port {self.port} is taken. Free it or choose another: PORT={self.port + 1} make up")
            if self._live_port is not None and not is_free(self._live_port):
                raise PortTaken(f"Port {self._live_port} is taken. Free it or let one be chosen: LIVE_PORT= make up")
            try:
                self._start()
                self._supervisor.watch()
            except StopRequested:
                say("stopping")
            finally:
                lock.stopping()
                self._supervisor.stop()
                leftovers.sweep(self.data)
                self._settings.remove()
        say("stopped")

    def _start(self) -> None:
        began = time.monotonic()
        keep_last_logs(self.data / "log")
        empty_directory(self.data / TEMPORARY)
        stack = Stack(self.data, self._given)
        environment = self._environment(stack)
        self._settings.write(environment)

        say(f"starting {', '.join(server.name for server in stack.servers) or 'no servers: all are given'}")
        self._supervisor.add([server.launch for server in stack.servers])
        for server in stack.servers:
            server.wait_until_ready()

        live_port = self._live_port or port_near(self.port)
        programs = Programs(self.data, environment, port=self.port, live_port=live_port)
        say("migrating, preparing demo data")
        self._finish(ChildProcess(programs.prepare()))

        running = programs.running()
        say(f"starting {', '.join(program.name for program in running)}")
        self._supervisor.add([partial(ChildProcess, program) for program in running])
        live_url = f"http://{LOOPBACK}:{live_port}"
        for url in (self.url, live_url):
            self._wait_until_ready(f"{url}/readyz")
        seconds = time.monotonic() - began
        print(
            banner(url=self.url, live_url=live_url, environment=environment, data=self.data, seconds=seconds),
            flush=True,
        )

    def _environment(self, stack: Stack) -> dict[str, str]:
        """What the platform's processes and commands in other terminals need besides the environment of this run."""
        chosen = {name: self._given[name] for name in PASSED_ON if self._given.get(name)}
        return {
            "DEBUG": self._given.get("DEBUG") or "true",
            "API_BASE_URL": self._given.get("API_BASE_URL") or self.url,
            "DVF_CACHE_DIR": self._given.get("DVF_CACHE_DIR") or str(self.data / "dvf"),
            "AUDIT_CHECKPOINTS_FILE": str(self.data / "audit-checkpoints.ndjson"),
            **chosen,
            **stack.environment,
        }

    def _finish(self, preparation: ChildProcess) -> None:
        """Wait for a process that has an end of its own."""
        while preparation.exit_code is None:
            self._supervisor.check()
            time.sleep(POLL_SECONDS)
        if preparation.exit_code != 0:
            preparation.raise_if_dead()

    def _wait_until_ready(self, url: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while (problem := why_not_ready(url)) is not None:
            self._supervisor.check()
            if time.monotonic() > deadline:
                raise NotReady(f"{url} is not content after {READY_SECONDS:.0f} s. It says: {problem}")
            time.sleep(READY_POLL_SECONDS)


def say(text: str) -> None:
    """Tell the person at the terminal, now."""
    print(f"switchboard: {text}", flush=True)


def why_not_ready(url: str) -> str | None:
    """None when `url` says that every part is up, else its answer, or why there is none."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as response:  # noqa: S310 (our own address)
            body: bytes = response.read()
    except urllib.error.HTTPError as error:
        body = error.read()
    except OSError as error:
        return str(error)
    return None if state_in(body) == "ready" else body.decode(errors="replace")


def state_in(body: bytes) -> object:
    """What `/readyz` calls the state of the whole."""
    try:
        content = json.loads(body)
    except ValueError:
        return None
    return content.get("status") if isinstance(content, dict) else None


def keep_last_logs(directory: Path) -> None:
    """Begin with empty logs; the last run's stay beside them as `<name>.log.1`."""
    directory.mkdir(mode=0o700, exist_ok=True)
    for log in directory.glob("*.log"):
        log.replace(log.with_suffix(".log.1"))


def empty_directory(path: Path) -> None:
    """Make `path` an empty directory, whatever an earlier run left in it."""
    if path.exists():
        shutil.rmtree(path)
    path.mkdir(mode=0o700)


def listen_for_signals() -> None:
    """Turn the first signal to stop into StopRequested; further ones change nothing. Under `nohup`, stay."""
    for number in STOP_SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, request_stop)


def request_stop(_number: int, _frame: FrameType | None) -> NoReturn:
    """Signal handler: stop once."""
    for again in STOP_SIGNALS:
        signal.signal(again, signal.SIG_IGN)
    raise StopRequested
