"""What JSON looks like when it leaves."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils.translation import gettext_lazy
from rest_framework.utils.serializer_helpers import ReturnDict, ReturnList

from core.rendering import to_json


def test_a_time_in_utc_ends_in_z():
    assert to_json(datetime(2026, 7, 1, 12, 30, tzinfo=UTC)) == b'"2026-07-01T12:30:00Z"'


def test_what_serializers_make_is_rendered():
    made = ReturnDict({"price": Decimal("1.50"), "label": gettext_lazy("Yes")}, serializer=None)
    assert to_json(ReturnList([made], serializer=None)) == b'[{"price":"1.50","label":"Yes"}]'


@pytest.mark.parametrize("value", [object(), {1}, b"bytes", ValueError("secret")])
def test_what_is_no_json_is_refused_and_not_shown(value):
    with pytest.raises(TypeError) as refusal:
        to_json({"value": value})
    assert "secret" not in str(refusal.value)
