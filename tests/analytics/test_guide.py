"""docs/analytics.md and the README's lines about metrics: their commands work as written."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from analytics import services as analytics
from analytics.metrics import ALL
from core import outbox, tenancy
from demo.data import PASSWORD as DEMO_PASSWORD
from tests.analytics.recount import events_of
from tests.conftest import PASSWORD

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "analytics.md").read_text()
README = (ROOT / "README.md").read_text()
SECTIONS = {"guide": GUIDE, "readme": README[README.index("### Metrics") :].split("\n### ")[0]}


def commands_of(text: str) -> list[str]:
    """The blocks of curl lines, in their order."""
    return [block for block in re.findall(r"```bash\n(.*?)```", text, re.DOTALL) if "curl" in block]


@pytest.mark.parametrize("name", SECTIONS)
@pytest.mark.django_db(transaction=True)
def test_its_commands_work_as_written(ours, live_server, name):
    script = "\n".join(commands_of(SECTIONS[name])).replace("http://localhost:8000", live_server.url)
    script = script.replace(DEMO_PASSWORD, PASSWORD).replace("\ncurl ", "\necho; curl -s ")
    done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=True, timeout=60)
    answers = [json.loads(line) for line in done.stdout.splitlines() if line]
    assert len(answers) == script.count("curl -s ") - 1
    assert [answer["success"] for answer in answers] == [True] * len(answers)
    with tenancy.scope(ours.organization.pk):
        outbox.relay(analytics.TOPIC)
    handed_in = [str(value) for _, value, _ in events_of(ours.organization.pk)]
    assert sorted(handed_in) == (["1", "12"] if name == "guide" else [])


def test_its_table_is_of_the_metrics_that_there_are():
    told = re.findall(r"^\| `(\w+)` \| (counter|gauge) \|", GUIDE, re.MULTILINE)
    assert told == [(metric.id, metric.type) for metric in ALL]
