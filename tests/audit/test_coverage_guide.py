"""docs/audit.md: its commands work as written, and it names everything that is recorded."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.audit.test_coverage import RECORDS
from tests.audit.writing import write_many
from tests.conftest import PASSWORD

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "audit.md").read_text()
BLOCKS = re.findall(r"```bash\n(.*?)```", GUIDE, re.DOTALL)
STEP = re.search(r"^1\. Export, and keep the file: `(.*)`$", GUIDE, re.MULTILINE)
END = "\x1e"


def test_every_kind_of_object_is_named_with_what_is_done_to_it():
    rows = re.findall(r"^\| (`.*`) \| (.*) \|$", GUIDE, re.MULTILINE)
    told = {kind: actions for kinds, actions in rows for kind in re.findall(r"`(\w+)`", kinds)}
    missing = {
        said
        for records in RECORDS.values()
        for said in records
        if f"`{said.split()[0]}`" not in told.get(said.split()[1], "")
    }
    assert missing == set()


@pytest.mark.django_db(transaction=True)
def test_its_commands_answer_as_written(live_server, ours, audit_logs, tmp_path):
    write_many(ours, 3, by=ours.admin)
    blocks = [line for block in BLOCKS for line in block.splitlines() if not line.startswith("make ")]
    script = "\n".join([*blocks, STEP[1]]).replace("http://localhost:8000", live_server.url)
    script = script.replace("admin@demo.test", ours.admin.email).replace("switchboard-demo", PASSWORD)
    script = re.sub(r"^curl ", f'curl --silent --fail-with-body --write-out "{END}" ', script, flags=re.MULTILINE)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    answers = [json.loads(answer) for answer in done.stdout.split(END)[:-1] if answer]
    assert [answer["success"] for answer in answers] == [True] * 6
    assert answers[0]["count"] == 3
    *entries, checkpoint, end = map(json.loads, (tmp_path / "export.ndjson").read_text().splitlines())
    assert len(entries) == 3
    assert "checkpoint" in checkpoint
    assert "end" in end
