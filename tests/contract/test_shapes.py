"""The comparison itself: it finds what it is there to find."""

import pytest

from tests.contract.shapes import differences

DOCUMENTED = {"job_id": "job-uuid", "count": 3, "at": "2024-01-15T10:30:00Z", "on": "2018-06-15", "note": None}
ANSWERED = {
    "job_id": "e86f4960-f848-4236-b45c-0759b95db5a3",
    "count": 0,
    "at": "2026-11-23T09:00:00Z",
    "on": "2019-01-01",
    "note": "anything",
}


def test_what_is_of_the_same_kind_is_the_same():
    assert differences(DOCUMENTED, ANSWERED) == []
    assert differences([{"a": 1}], [{"a": 2}, {"a": 3}]) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [("job_id", "7"), ("count", "3"), ("count", True), ("at", "2026-11-23T09:00:00+00:00"), ("on", "15/06/2018")],
)
def test_what_is_of_another_kind_is_found(key, value):
    [difference] = differences(DOCUMENTED, ANSWERED | {key: value})
    assert f"body.{key}" in difference


def test_a_missing_key_an_undocumented_key_and_an_empty_list_are_found():
    assert differences({"a": {"b": 1}}, {"a": {}}) == ["body.a.b: missing"]
    assert differences({"a": 1}, {"a": 1, "b": 2}, additions=False) == ["body.b: not documented"]
    assert differences([{"a": 1}], []) != []


def test_messages_are_compared_word_by_word():
    assert differences({"message": "Cleaned 12 jobs"}, {"message": "Cleaned 11 jobs"}) != []
