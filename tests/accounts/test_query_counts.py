"""How many SQL statements each endpoint costs, so that one more shows in a diff."""

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.accounts.conftest import device_of, log_in
from tests.conftest import PASSWORD

COUNTS = json.loads(Path(__file__).with_name("query_counts.json").read_text())
BRACKETS = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


def statements(call) -> tuple[int, object]:
    with CaptureQueriesContext(connection) as queries:
        answer = call()
    return sum(not query["sql"].startswith(BRACKETS) for query in queries), answer


@pytest.mark.django_db
def test_every_endpoint_costs_what_is_written_down(ours):
    counts = {}
    counts["login"], answer = statements(lambda: log_in("client@demo.test"))
    phone = device_of(answer)
    counts["me"], _ = statements(phone.get)
    counts["refresh"], answer = statements(phone.renew)
    phone = device_of(answer)
    change = {"old_password": PASSWORD, "new_password": "correct horse battery"}
    counts["password"], answer = statements(lambda: phone.post("/api/v1/auth/password/", change))
    phone = device_of(answer)
    counts["logout"], _ = statements(lambda: phone.post("/api/v1/auth/logout/", {}))
    assert counts == COUNTS
