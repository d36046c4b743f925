"""Every command that the platform sends to MongoDB while the tests run is one organization's. A pytest plugin.

A listener hears each command before it is sent. One that reads or writes documents must name the organization: by
equality in its filter, in the first `$match` of its pipeline, in each statement of an update or a delete, in each
document of an insert. Whatever breaks the rule fails the test in which it happens, with the command's text.

Whose command it is, the stack says: the innermost frame of this repository. That of a test, of `core.testing` or of a
benchmark looks across organizations on purpose (`unscoped()`), and so do the embedded servers when they are set up. A
cursor that a test draws on is therefore the test's; that the platform makes none across organizations,
`tests/core/test_mongo_sharding.py` sees to. Processes that a test starts are not heard: they run the same code.
"""

import sys
from collections import Counter
from collections.abc import Generator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, Final
from uuid import UUID

import pytest
from pymongo import monitoring

from core.mongo.collection import declared
from core.mongo.index import ORGANIZATION

ROOT: Final = Path(__file__).resolve().parents[1]
ELSEWHERE: Final = tuple(f"{ROOT / name}/" for name in ("tests", "core/testing", "benchmarks", "devstack", ".venv"))
OURS: Final = f"{ROOT}/"
# They read and write no documents, or go on with what was begun by a command that was heard.
# fmt: off
WITHOUT_DOCUMENTS: Final = frozenset({
    "abortTransaction", "buildInfo", "collMod", "collStats", "commitTransaction", "create", "createIndexes", "dbStats",
    "drop", "dropIndexes", "endSessions", "getMore", "hello", "killCursors", "listCollections", "listIndexes", "ping",
    "serverStatus",
})
# fmt: on
HEARD: Final = "mongo_commands_heard"


def fault_of(name: str, command: Mapping[str, Any]) -> str:
    """What is wrong with a command that reads or writes documents; nothing if it is one organization's."""
    match name:
        case "find":
            filters = [command.get("filter")]
        case "count" | "distinct" | "findAndModify":
            filters = [command.get("query")]
        case "aggregate":
            filters = [stage.get("$match") for stage in command["pipeline"][:1]] or [None]
        case "update":
            filters = [statement["q"] for statement in command["updates"]]
        case "delete":
            filters = [statement["q"] for statement in command["deletes"]]
        case "insert":
            filters = command["documents"]
        case "explain":
            inner = command["explain"]
            return fault_of(next(iter(inner)), inner)
        case _:
            return "nothing is known of such a command"
    if command[name] not in {collection.name for collection in declared()}:
        return "its collection is not declared"
    return "" if all(_names_the_organization(one) for one in filters) else "it does not name the organization"


def _names_the_organization(asked: Mapping[str, Any] | None) -> bool:
    """By equality: operators could mean several, and a router would ask every shard."""
    named = (asked or {}).get(ORGANIZATION)
    if isinstance(named, Mapping) and named.keys() == {"$eq"}:
        named = named["$eq"]
    return isinstance(named, UUID)


def is_the_platforms(frame: FrameType | None) -> bool:
    """Whether the innermost frame of this repository, from `frame` outwards, is the platform's own code."""
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(OURS) and not path.startswith(ELSEWHERE[-1]):
            return not path.startswith(ELSEWHERE)
        frame = frame.f_back
    return False  # a thread of pymongo's


class Listener(monitoring.CommandListener):
    """Keeps what broke the rule since it was last asked, and counts what it heard."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.heard: Counter[str] = Counter()

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Before a command is sent, in the thread that sends it."""
        if event.command_name in WITHOUT_DOCUMENTS or not is_the_platforms(sys._getframe(1)):
            return
        self.heard[event.command_name] += 1
        if fault := fault_of(event.command_name, event.command):
            self.faults.append(f"{fault}: {dict(event.command)}")

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Nothing: the rule is about what is sent."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing: the rule is about what is sent."""

    def take_faults(self) -> list[str]:
        """What broke the rule since this was last asked."""
        faults, self.faults = self.faults, []
        return faults


listener: Final = Listener()
# Clients listen with what is registered when they are made.
monitoring.register(listener)


def _require_none() -> None:
    if faults := listener.take_faults():
        pytest.fail("MongoDB was sent what is not one organization's:\n" + "\n".join(faults), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None]:
    """The platform's commands that fixtures cause."""
    yield
    _require_none()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None]:
    """Those of the test itself."""
    yield
    _require_none()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None]:
    """Those of what ends after it."""
    yield
    _require_none()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of xdist tells its controller how many commands it heard."""
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output[HEARD] = dict(listener.heard)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The controller adds up what its workers heard."""
    listener.heard.update(getattr(node, "workeroutput", {}).get(HEARD, {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many commands were looked at: none at all would mean that nothing was."""
    told = ", ".join(f"{number:,} {name}" for name, number in sorted(listener.heard.items()))
    terminalreporter.write_line(f"MongoDB commands of one organization each: {told or 'none'}")
