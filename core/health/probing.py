"""Asking dependencies how they are, without waiting for one that hangs."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Final

import structlog

logger = structlog.get_logger(__name__)

NO_ANSWER: Final = "no answer in time"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is; `detail` is fit to be shown to anybody."""

    is_up: bool
    detail: str = ""


Findings = Mapping[str, Finding]


class Probe:
    """A question about the things in `names`, asked in a thread of its own and never twice at a time.

    A dependency that hangs holds up one thread, and is reported as down until that thread comes back.
    """

    def __init__(self, names: Sequence[str], question: Callable[[], Findings]) -> None:
        self.names = names
        self._question = question
        self._lock = Lock()
        self._answer: Future[Findings] | None = None

    def ask(self) -> Future[Findings]:
        """The answer to come, of the question now asked or of one still under way."""
        with self._lock:
            if self._answer is None or self._answer.done():
                self._answer = Future()
                Thread(target=self._find_out, args=(self._answer,), daemon=True).start()
            return self._answer

    def _find_out(self, answer: Future[Findings]) -> None:
        try:
            answer.set_result(self._question())
        except Exception as error:
            logger.warning("probe_failed", names=self.names, error=f"{type(error).__name__}: {error}")
            # The words may name hosts and users; the kind of error names none.
            answer.set_result({name: Finding(is_up=False, detail=type(error).__name__) for name in self.names})


def ask_all(probes: Sequence[Probe], *, seconds: float) -> dict[str, Finding]:
    """Ask all at once and wait at most `seconds` for all together."""
    deadline = time.monotonic() + seconds
    asked = [(probe, probe.ask()) for probe in probes]
    findings: dict[str, Finding] = {}
    for probe, answer in asked:
        try:
            findings |= answer.result(timeout=max(0, deadline - time.monotonic()))
        except NotInTime:
            findings |= {name: Finding(is_up=False, detail=NO_ANSWER) for name in probe.names}
    return findings
