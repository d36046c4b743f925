"""Merging a part of a JSON object into the whole: the examples of RFC 7396, and what holds for any two objects."""

import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.services.merging import merged

SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text("abc", max_size=2)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner), max_leaves=12
)
OBJECTS = st.dictionaries(st.sampled_from("abc"), VALUES)


def without_nulls(value: object) -> object:
    """What is left of a patch that meets nothing: lists stay as they are."""
    if not isinstance(value, dict):
        return value
    return {name: without_nulls(item) for name, item in value.items() if item is not None}


@pytest.mark.parametrize(
    ("old", "patch", "new"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({"a": "b"}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        ({}, {"a": {"bb": {"ccc": None, "d": 1}}}, {"a": {"bb": {"d": 1}}}),
        ({"a": 1}, {"a": [None, {"b": None}]}, {"a": [None, {"b": None}]}),
        ({"a": {"b": 1}}, {"a": {}}, {"a": {"b": 1}}),
        ({"a": 1}, {}, {"a": 1}),
    ],
    ids=json.dumps,
)
def test_a_patch_says_what_is_other(old, patch, new):
    assert merged(old, patch) == new


@given(old=OBJECTS, patch=OBJECTS)
def test_neither_of_both_is_changed(old, patch):
    before = deepcopy((old, patch))
    merged(old, patch)
    assert (old, patch) == before


@given(old=OBJECTS, patch=OBJECTS)
def test_saying_it_twice_changes_nothing_more(old, patch):
    once = merged(old, patch)
    assert merged(once, patch) == once


@given(patch=OBJECTS)
def test_a_patch_of_nothing_is_itself_without_its_nulls(patch):
    assert merged({}, patch) == without_nulls(patch)


@given(old=OBJECTS, patch=OBJECTS)
def test_names_that_the_patch_does_not_have_stay(old, patch):
    whole = merged(old, patch)
    assert {name: whole.get(name) for name in old.keys() - patch.keys()} == {
        name: old[name] for name in old.keys() - patch.keys()
    }
    assert whole.keys() == (old.keys() | patch.keys()) - {name for name in patch if patch[name] is None}
