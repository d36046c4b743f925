"""Every example of the profiles' document, replayed over HTTP; its commands, typed; a script of the original's time."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from core import tenancy
from profiles import services
from profiles.models import LoggedOutProfile
from tests.conftest import PASSWORD
from tests.contract.shapes import differences
from tests.stored import audited

pytestmark = pytest.mark.django_db(transaction=True)

HERE = Path(__file__).parent
EXAMPLES: list[dict[str, Any]] = json.loads((HERE / "profiles.json").read_text())
IDS = [example["name"] for example in EXAMPLES]
TEXT = (HERE / "profiles.sh").read_text()
# A comment says what the command below it is for; a command goes on until the next empty line.
COMMANDS = dict(re.findall(r"^# ([^\n]+)\n(curl .*?)(?=\n\n|\Z)", TEXT, re.MULTILINE | re.DOTALL))
KEY = {"X-API-Key": "demo-api-key"}


@pytest.fixture
def record(ours) -> int:
    """The document's record."""
    with tenancy.scope(ours.organization.pk):
        return services.report_logout(agent_name="Agent_001", profile_name="profile_gmail_1")["id"]


def replay(url: str, example: dict[str, Any], record: int, headers: dict[str, str]) -> httpx.Response:
    method, path = example["name"].split()
    body = json.loads(json.dumps(example.get("body")).replace('"{id}"', str(record)))
    path = path.replace("{id}", str(record)).replace("{agent_name}", "Agent_001")
    return httpx.request(method, url + path, params=example.get("query"), json=body, headers=headers, timeout=20)


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
@pytest.mark.parametrize("slash", ["as written", "the other way"])
def test_the_answer_is_the_documented_one(example, live_server, record, slash):
    if slash == "the other way":
        path = example["name"]
        example = {**example, "name": path.removesuffix("/") if path.endswith("/") else f"{path}/"}
    answer = replay(live_server.url, example, record, KEY)
    assert answer.status_code == example.get("status", 200), answer.text
    assert differences(example["answer"], answer.json()) == []
    assert answer.history == []


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
@pytest.mark.parametrize("headers", [{}, {"X-API-Key": "wrong"}], ids=["no key", "a wrong key"])
def test_without_the_header_it_is_401_and_nothing_happens(example, live_server, record, headers, in_scope):
    before = LoggedOutProfile.objects.values_list("pk", "profile", "updated_at").get(), len(audited())
    answer = replay(live_server.url, example, record, headers)
    assert (answer.status_code, set(answer.json())) == (401, {"detail"})
    assert (LoggedOutProfile.objects.values_list("pk", "profile", "updated_at").get(), len(audited())) == before


def test_every_documented_endpoint_has_an_example():
    assert len(set(IDS)) == 9


@pytest.fixture
def type_in(live_server):
    """Type one of the commands, against this test's server, and return what it answers."""

    def run(purpose: str) -> Any:
        command = COMMANDS[purpose].replace("http://localhost:8000", live_server.url)
        command = command.replace("curl ", "curl --silent --show-error --fail-with-body ", 1)
        done = subprocess.run(["bash", "-euc", command], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    return run


@pytest.mark.system
def test_the_commands_of_the_document(type_in, ours):
    made = type_in("Create a logged out profile entry")
    assert (made["agent_name"], made["profile_name"]) == ("Agent_001", "profile_gmail_1")
    assert type_in("Get all logged out profiles")["items"] == [made]
    assert type_in("Get profiles by agent") == [made]
    assert type_in("Get analytics")["top_agents"] == [{"agent_name": "Agent_001", "logout_count": 1}]
    assert len(COMMANDS) == TEXT.count("\ncurl ") == 4


@pytest.mark.system
@pytest.mark.parametrize("role", ["admin", "client", "agent"])
def test_a_script_of_the_originals_time_runs_with_the_header_added(live_server, ours, role, in_scope):
    login = {"email": getattr(ours, role).email, "password": PASSWORD}
    token = httpx.post(f"{live_server.url}/api/v1/auth/login/", json=login, timeout=20).json()["access"]
    script = [sys.executable, str(HERE / "profiles_script.py"), live_server.url]
    done = subprocess.run([*script, token], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "All tests passed"
    assert not LoggedOutProfile.objects.exists()
    done = subprocess.run([*script, "not.a.token"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "Gmail handler failed: 401" in done.stderr
