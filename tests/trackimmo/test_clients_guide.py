"""docs/clients.md: its commands work as written."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.trackimmo.factories import CityFactory
from trackimmo.models import Client

pytestmark = pytest.mark.django_db(transaction=True)

GUIDE = Path(__file__).parents[2] / "docs" / "clients.md"


def answers_in(printed: str) -> Iterator[Any]:
    """The JSON values that were printed one after another."""
    while printed:
        value, end = json.JSONDecoder().raw_decode(printed)
        yield value
        printed = printed[end:].strip()


def test_a_client_is_set_up_edited_found_and_deactivated(live_server, in_scope):
    city = CityFactory(name="Villeurbanne", insee_code="69266")
    [commands, _] = re.findall(r"```bash\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    typed = commands.replace("http://localhost:8000", live_server.url)
    done = subprocess.run(["bash", "-euc", typed], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    edited, listed, deactivated = answers_in(done.stdout)
    client = Client.objects.get()
    assert (edited["client_id"], edited["addresses_per_report"]) == (str(client.pk), 25)
    assert [row["email"] for row in listed] == ["anna.martin@immo.test"]
    assert (deactivated["status"], client.status) == ("inactive", "inactive")
    assert (client.send_day, list(client.chosen_cities.all())) == (31, [city])
