"""The document's command lines, typed as they are written: curl, and the two scripts."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.conftest import CLIENT, DOCUMENTED_KEY
from tests.processes import ROOT, environment_of_this_test
from trackimmo import services

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]

TEXT = Path(__file__).with_name("trackimmo.sh").read_text()
# A comment says what the command below it is for; commands go on over lines that end in a backslash.
COMMANDS = dict(re.findall(r"^# (.+)\n((?:curl|python) (?:.*\\\n)*.*)$", TEXT, re.MULTILINE))
SENT = {"smtp_config": True, "connection": True, "send_test": True}


@pytest.fixture
def type_in(live_server, settings):
    """Type one of the commands, against this test's server, and return what it prints."""

    def run(purpose: str, **variables: str) -> str:
        command = COMMANDS[purpose].replace("http://147.93.94.3:8000", live_server.url)
        command = command.replace("curl ", "curl --silent --show-error --fail-with-body ")
        environment = {**environment_of_this_test(settings), "API_KEY": DOCUMENTED_KEY, "ADMIN_API_KEY": DOCUMENTED_KEY}
        environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
        done = subprocess.run(
            ["bash", "-euc", command],
            cwd=ROOT,
            env=environment | variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_the_complete_client_processing_workflow(type_in, john):
    assert json.loads(type_in("1. Check API health"))["status"] == "ok"
    assert json.loads(type_in("2. Get client information"))["client"]["client_id"] == str(CLIENT)
    job_id = json.loads(type_in("3. Process client (assign new properties)"))["job_id"]
    services.run_job(job_id=job_id)
    assert json.loads(type_in("4. Check job status", JOB_ID=job_id))["status"] == "completed"
    assert json.loads(type_in("5. Get assigned properties"))["returned_count"] == 10


@pytest.mark.parametrize("purpose", [purpose for purpose, command in COMMANDS.items() if "test-email" in command])
def test_the_email_configuration_can_be_tested(type_in, john, purpose):
    answer = json.loads(type_in(purpose))
    assert answer["success"] is True
    assert answer["results"] == SENT


@pytest.mark.parametrize("purpose", [purpose for purpose, command in COMMANDS.items() if "python" in command])
def test_the_scripts_run(type_in, john, purpose):
    assert type_in(purpose)


def test_every_command_of_the_document_is_typed():
    assert len(COMMANDS) == TEXT.count("\ncurl ") + TEXT.count("\npython ") == 12
