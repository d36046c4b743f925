"""Whatever JSON a change has in it, its entry is stored, and has the same hash when it is read back."""

import pytest

from audit.services.verification import verify
from core import outbox
from core.outbox.models import OutboxEvent
from tests.audit.chains import record, relay, stored

pytestmark = pytest.mark.django_db


def deep(levels: int):
    value: object = "bottom"
    for level in range(levels):
        value = {"in": value} if level % 2 else [value]
    return value


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (2**63 - 1, 2**63 - 1),
        (-(2**63) + 1, -(2**63) + 1),
        (2**63, "9223372036854775808"),
        (-(10**30), "-1000000000000000000000000000000"),
        (2**31, 2**31),
        (0.1, 0.1),
        (1.0, 1.0),
        (-0.0, 0.0),
        (1e16, 10**16),
        (1e22, "1e+22"),
        (1e300, "1e+300"),
        pytest.param(10**400, str(10**400), id="an integer beyond floats"),
        (5e-324, 5e-324),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (True, True),
        ("", ""),
        ("é e\u0301 \U0001f600 \u2028 \ufeff \"\\/", "é e\u0301 \U0001f600 \u2028 \ufeff \"\\/"),
        ("a\x00b", "a\\u0000b"),
        ("a\ud800b", "a\\ud800b"),
        ({"$ref": "x", "$id": 1, "a.b": 2, "": 3}, {"\\$ref": "x", "\\$id": 1, "a.b": 2, "": 3}),
        ({"a\x00": 1}, {"a\\u0000": 1}),
        ([[], {}, [None]], [[], {}, [None]]),
        (deep(40), deep(40)),
    ],
)  # fmt: skip
def test_a_value_is_stored_and_hashes_the_same(in_scope, audit_logs, value, kept):
    record(1, field=(None, value))
    assert outbox.relay_all() == 1
    (entry,) = stored()
    assert entry["changes"] == {"field": [None, kept]}
    assert verify().verified


def test_what_is_nested_deeper_than_can_be_stored_is_text_down_there(in_scope, audit_logs):
    record(1, field=(None, deep(150)))
    assert relay() == 1
    assert verify().verified
    assert "bottom" in str(stored()[0]["changes"])
    assert not OutboxEvent.objects.filter(parked_at__isnull=False).exists()


def test_a_name_that_cannot_be_stored_is_escaped(in_scope, audit_logs):
    record(1, **{"$set": (1, 2), "a.b": (1, 2)})
    assert relay() == 1
    assert stored()[0]["changes"] == {"\\$set": [1, 2], "a.b": [1, 2]}
    assert verify().verified
