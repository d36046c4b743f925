"""The README's workflow and the demonstration, typed into a second terminal while `make up` runs."""

import email
import re
import subprocess
from email import policy
from pathlib import Path

import pytest

from tests.devstack.conftest import eventually
from tests.system.checkout import ROOT, Checkout

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]
CLIENT = "e86f4960-f848-4236-b45c-0759b95db5a3"


def shell_block(heading: str) -> str:
    """The first shell block below a heading of the README."""
    return re.search(
        rf"^#+ {heading}$.*?```bash\n(.*?)```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )[1]


def type_in(checkout: Checkout, commands: str) -> str:
    """Run commands as a person's shell would, and return what they print."""
    done = subprocess.run(
        ["bash", "-euc", commands], cwd=checkout.directory, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def mails(checkout: Checkout, *, alerts: bool = False) -> list[Path]:
    """To clients, or to the operators."""
    kept = sorted((checkout.directory / ".data" / "mail").glob("*.eml"))
    kind = b"X-Switchboard-Kind: cto_" if alerts else b"X-Switchboard-Kind: client_"
    return [path for path in kept if kind in path.read_bytes()]


def test_the_readme_and_the_demonstration_work_as_written(checkout):
    checkout.up()
    commands = shell_block("A client's sales, from request to e-mail").replace("http://localhost:8000", checkout.url)

    ask = f'curl -s -H "X-API-Key: demo-api-key" {checkout.url}/api/job-status/$JOB_ID'
    wait = f"until {ask} | grep -q completed; do sleep 0.2; done"
    shown = type_in(checkout, commands.replace("# 4.", f"{wait} # 4."))
    assert '{"status":"ok","service":"TrackImmo API","version":"1.0.2"}' in shown
    assert '"first_name":"Jeanne"' in shown
    assert f'"client_id":"{CLIENT}","status":"completed","properties_assigned":10,"error_message":null' in shown
    assert '"total_count":10,"returned_count":10' in shown
    [mail] = mails(checkout)
    message = email.message_from_bytes(mail.read_bytes(), policy=policy.default)
    assert message["To"] == "jeanne.dupont@immo.test"
    assert message["Subject"] == "10 nouvelles adresses pour vous"
    assert {part.get_content_type() for part in message.walk()} >= {"text/plain", "text/html"}

    asked = (checkout.directory / ".data" / "log" / "open-data.log").read_text()
    assert asked.count("GET /geo/communes?code=64260") == asked.count("GET /geo/communes?code=35024") == 1

    demo = checkout.make("demo")
    assert demo.wait(120) == 0, checkout.output_of(demo)
    told = checkout.output_of(demo)
    assert "Logged in as admin@demo.test, admin of Demo." in told
    assert "Jeanne Dupont: 10 new, 20 in all" in told
    assert "5 e-mails lie in" in told
    eventually(lambda: len(mails(checkout)) == 6, seconds=20)

    checkin_works(checkout)
    agents_are_at_work(checkout)


def checkin_works(checkout: Checkout) -> None:
    """The lines about check-in, and the alerts for the two users who have to log in."""
    shown = type_in(checkout, shell_block("Check-in").replace("http://localhost:8000", checkout.url))
    assert '"message":"User fetch completed","data":{"success":true,"listed":12,' in shown
    assert '"message":"Checkin sessions refreshed: ' in shown
    assert '"session":{"email":"grace.oconnor@demo.test","status":"normal"' in shown
    assert '"connected":true' in shown
    assert '"email":"jonas.weber@demo.test","status":"expired"' in shown
    eventually(lambda: len(mails(checkout, alerts=True)) == 2, seconds=20)
    subjects = sorted(subject_of(path) for path in mails(checkout, alerts=True))
    assert subjects == [
        "The check-in page of keiko.tanaka@demo.test is another user's",
        "The check-in session of jonas.weber@demo.test has expired",
    ]


def agents_are_at_work(checkout: Checkout) -> None:
    """The lines about AI agents."""
    shown = type_in(checkout, shell_block("AI agents").replace("http://localhost:8000", checkout.url))
    assert '"name":"Camille"' in shown
    assert '"summary":{"active":1,"inactive":1,"training":1,' in shown
    assert '"summary":{"cold":0,"warm":0,"hot":' in shown
    assert '"is_overdue":true' in shown
    assert '"agents_overview":{"total":2,' in shown


def subject_of(path: Path) -> str:
    return str(email.message_from_bytes(path.read_bytes(), policy=policy.default)["Subject"])
