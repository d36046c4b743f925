"""docs/profiles.md: its commands work as written."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from profiles.models import LoggedOutProfile

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]

GUIDE = Path(__file__).parents[2] / "docs" / "profiles.md"
BLOCKS = re.findall(r"```bash\n(.*?)```", GUIDE.read_text(), re.DOTALL)


@pytest.fixture
def type_in(live_server, ours, tmp_path):
    """Type the commands of a block, and return what each answers."""

    def run(commands: str) -> list[Any]:
        typed = commands.replace("http://localhost:8000", live_server.url)
        typed = re.sub(r"^curl ", 'curl --silent --fail-with-body --write-out "\\\\n" ', typed, flags=re.MULTILINE)
        done = subprocess.run(
            ["bash", "-euc", typed],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return [json.loads(line) for line in done.stdout.splitlines() if line]

    return run


def test_the_guides_commands_in_their_order(type_in, in_scope):
    report, batch, find, count, clean_up = BLOCKS
    [made] = type_in(report)
    assert list(made) == list(json.loads(re.search(r"```json\n(.*?)```", GUIDE.read_text(), re.DOTALL)[1]))
    assert type_in(batch)[0]["created_count"] == 2
    everything, found = type_in(find)
    assert (everything["total"], found["total"]) == (3, 1)
    of_agent, numbers = type_in(count)
    assert (len(of_agent), numbers["total_logouts"]) == (2, 3)
    corrected, deleted, many = type_in(clean_up)
    assert corrected == deleted
    assert (deleted["agent_name"], deleted["profile_name"]) == ("Agent_003", "profile_gmail_2")
    assert many == {"deleted_count": 1, "failed_ids": [deleted["id"]]}
    [documented] = re.findall(r'`(\{"deleted_count".*?\})`', GUIDE.read_text())
    assert {**json.loads(documented), "failed_ids": [deleted["id"]]} == many
    assert LoggedOutProfile.objects.count() == 3


def test_the_export_is_kept_under_its_name(type_in, in_scope, tmp_path):
    [command] = re.findall(r"`(curl -OJ [^`]*)`", GUIDE.read_text())
    type_in(command)
    [kept] = tmp_path.glob("logged-out-profiles-*Z.csv")
    assert kept.read_text().startswith("id,agent_name,profile_name,timestamp")
