"""Real processes that refresh at the same time keep the upstream's limit together."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.redis import client
from core.testing.waiting import eventually
from devstack.upstream.faults import PageFault

ROOT = Path(__file__).resolve().parents[3]
LIMIT = 12


@pytest.fixture
def start(upstream, settings):
    """Start a process that refreshes these sessions when it is told to."""
    started: list[subprocess.Popen] = []

    def run(tokens: dict[str, str]) -> subprocess.Popen:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "CHECKIN_URL": settings.CHECKIN_URL,
            "CHECKIN_CONCURRENCY": str(LIMIT),
            "CHECKIN_TIMEOUT_SECONDS": "2",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.checkin.upstream.worker"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        tell(process, tokens)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def tell(process: subprocess.Popen, said: object) -> None:
    process.stdin.write(json.dumps(said) + "\n")
    process.stdin.flush()


def heard(process: subprocess.Popen) -> object:
    return json.loads(process.stdout.readline())


def test_three_processes_never_have_more_requests_under_way_than_the_limit(upstream, start):
    tokens = upstream.set_users(f"user{number}@demo.test" for number in range(300))
    upstream.set_pace(latency_seconds=0.02)
    upstream.set_rates({PageFault.HANG: 0.01, PageFault.DROP: 0.05, PageFault.HANG_BODY: 0.01})
    parts = [dict(list(tokens.items())[part::3]) for part in range(3)]
    processes = [start(part) for part in parts]
    assert [heard(process) for process in processes] == ["ready"] * 3
    for process in processes:
        tell(process, "go")
    verdicts = {email: verdict for process in processes for email, verdict in heard(process).items()}
    facts = upstream.facts()
    assert facts["most_at_once"] == LIMIT
    assert facts["overlaps"] == []
    assert facts["page_requests"] == 300
    assert sum(verdict == "normal" for verdict in verdicts.values()) == 300 - sum(facts["faults"].values())
    assert client().keys("checkin:slots:*") == []


def test_a_killed_process_leaves_the_others_its_slots(upstream, start):
    tokens = upstream.set_users(f"user{number}@demo.test" for number in range(40))
    upstream.set_pace(latency_seconds=0.02)
    for email in list(tokens)[:20]:
        upstream.set_fault(email, PageFault.HANG)
    doomed, other = start(dict(list(tokens.items())[:20])), start(dict(list(tokens.items())[20:]))
    assert [heard(doomed), heard(other)] == ["ready", "ready"]
    tell(doomed, "go")
    eventually(lambda: upstream.facts()["in_flight"] == LIMIT)
    doomed.kill()
    doomed.wait()
    tell(other, "go")
    assert set(heard(other).values()) == {"normal"}
    assert upstream.facts()["most_at_once"] == LIMIT
