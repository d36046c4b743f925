"""`manage.py import_messages` while MongoDB or the command itself goes away: nothing is lost, nothing comes twice."""

import os
import re
import signal
import subprocess
import sys

import pytest
from django.db.models.functions import Now

from core import outbox
from core.outbox.models import OutboxEvent, OutboxPause
from core.testing.mongo import start_empty
from messaging.documents import MESSAGES
from messaging.models import Contact, Conversation
from tests.processes import ROOT, environment_of_this_test

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]

MESSAGES_IN_FILE, BATCH = 2_500, 1_000
# As manage.py, but it does something at the moment that it is told of: the first batch is in, the second is read; or
# all is read. A server that is stopped stands still once all its threads do.
COMMAND = """
import os, signal, sys
from pathlib import Path
from django.core.management import execute_from_command_line
from core.management.progress import ImportBar

moment, pid, number, *arguments = sys.argv[1:]

def strike():
    os.kill(int(pid) or os.getpid(), int(number))
    if int(number) == signal.SIGSTOP:
        tasks = list(Path("/proc", pid, "task").iterdir())
        while any((task / "stat").read_text().rpartition(")")[2].split()[0] != "T" for task in tasks):
            pass

lines = 0
def reading(self, taken):
    global lines
    lines += 1
    if moment == "reading" and lines == 1500:
        strike()

ImportBar.reading = reading
if moment == "storing":
    ImportBar.storing = lambda self: strike()
execute_from_command_line(["manage.py", "import_messages", *arguments])
"""


@pytest.fixture
def mongo(in_scope, settings, private_mongo):
    """A MongoDB of this test's own, without a message."""
    settings.MONGODB_URI = private_mongo.url
    start_empty(MESSAGES)
    return private_mongo


@pytest.fixture
def chat(tmp_path):
    """A chat of 2,500 messages."""
    lines = []
    for number in range(MESSAGES_IN_FILE):
        at = f"{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}"
        lines.append(f"[27/01/2026, {at}] {('Ada', 'Bob')[number % 2]}: n{number}")
    path = tmp_path / "WhatsApp Chat - Ada.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def run(settings, chat):
    """Run the command; what it printed and its exit code. `at` the moment, the process gets the signal; 0 is itself."""

    def run(at: str = "", pid: int = 0, number: int = 0) -> subprocess.CompletedProcess[str]:
        environment = {
            **environment_of_this_test(settings),
            "MONGODB_DATABASE": settings.MONGODB_DATABASE,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        arguments = [at, str(pid), str(int(number)), str(chat), "--organization", "demo"]
        return subprocess.run(
            [sys.executable, "-c", COMMAND, *arguments],
            env=environment, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False,
        )  # fmt: skip

    return run


def figures(done) -> tuple[int, int]:
    """How many messages were new, and how many there."""
    new, there = (re.search(rf"{label} +([\d,]+)", done.stdout)[1] for label in ("New messages", "were there"))
    return int(new.replace(",", "")), int(there.replace(",", ""))


def accepted() -> int:
    return OutboxEvent.objects.filter(topic="messaging.message").count()


def assert_all_is_stored_once() -> None:
    """Also what waits for the next relay."""
    OutboxPause.objects.all().delete()
    OutboxEvent.objects.filter(delivered_at=None).update(available_at=Now(), lease_expires_at=None)
    while outbox.relay("messaging.message"):
        pass
    stored = [message["content"] for message in MESSAGES.here().find()]
    assert len(stored) == MESSAGES_IN_FILE
    assert set(stored) == {f"n{number}" for number in range(MESSAGES_IN_FILE)}
    assert (Conversation.objects.count(), Contact.objects.count(), accepted()) == (1, 1, MESSAGES_IN_FILE)
    counted = OutboxEvent.objects.filter(topic="analytics.event", payload__metric="messages_sent")
    assert counted.count() == MESSAGES_IN_FILE


STOPPED = (
    "CommandError: WhatsApp Chat - Ada.txt: MongoDB is not available. What was taken in so far stays; run the command"
    " again for the rest."
)


def test_while_it_is_down_nothing_is_taken_in_and_the_command_says_why(mongo, run):
    mongo.kill()
    done = run()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == STOPPED
    assert "Traceback" not in done.stderr
    assert (figures(done), accepted(), Conversation.objects.count()) == ((0, 0), 0, 0)
    mongo.start()
    done = run()
    assert (done.returncode, figures(done)) == (0, (MESSAGES_IN_FILE, 0))
    assert_all_is_stored_once()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "hanging"])
def test_when_it_goes_away_midway_the_second_run_takes_in_the_rest(mongo, run, number):
    pid = mongo.process.pid
    done = run("reading", pid, number)
    assert done.returncode == 1, done.stderr
    assert done.stderr.splitlines()[-1] == STOPPED
    assert f"{BATCH:,} messages are accepted and not stored yet: a worker stores them." in done.stderr
    assert "Traceback" not in done.stderr
    assert (figures(done), accepted()) == ((BATCH, 0), BATCH)
    if number == signal.SIGKILL:
        mongo.kill()
        mongo.start()
    else:
        os.kill(pid, signal.SIGCONT)
    done = run()
    assert done.returncode == 0, done.stderr
    assert figures(done) == (MESSAGES_IN_FILE - BATCH, BATCH)
    assert_all_is_stored_once()


def test_when_it_goes_away_after_all_is_read_a_worker_stores_what_was_accepted(mongo, run):
    done = run("storing", mongo.process.pid, signal.SIGKILL)
    assert done.returncode == 0, done.stderr
    assert figures(done) == (MESSAGES_IN_FILE, 0)
    assert "2,500 messages are accepted and not stored yet: a worker stores them." in done.stderr
    mongo.kill()
    mongo.start()
    assert_all_is_stored_once()


def test_when_the_command_is_killed_midway_the_second_run_takes_in_the_rest(mongo, run):
    assert run("reading", 0, signal.SIGKILL).returncode == -signal.SIGKILL
    assert accepted() == BATCH
    done = run()
    assert (done.returncode, figures(done)) == (0, (MESSAGES_IN_FILE - BATCH, BATCH))
    assert_all_is_stored_once()
