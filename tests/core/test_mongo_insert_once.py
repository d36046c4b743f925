"""Inserting again what is there already succeeds, if it is the same."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from pymongo.errors import BulkWriteError

from core import tenancy
from core.mongo import DocumentDiffers

OURS, THEIRS = UUID(int=1), UUID(int=2)
AT = datetime(2026, 1, 27, 10, 30, 0, 123987, tzinfo=UTC)
FIRST = {"_id": UUID(int=10), "text": "first", "seen_at": AT}
SECOND = {"_id": UUID(int=11), "text": "second", "seen_at": None}
THIRD = {"_id": UUID(int=12), "text": "third"}


@pytest.fixture
def here(notes):
    with tenancy.scope(OURS):
        yield notes.here()


def test_what_is_stored_already_counts_as_stored(here):
    assert here.insert_once([FIRST, SECOND]) == 2
    assert here.insert_once([FIRST, SECOND, THIRD]) == 1
    assert here.insert_once([FIRST]) == 0
    assert sorted(note["text"] for note in here.find()) == ["first", "second", "third"]


def test_the_same_id_with_other_content_is_an_error(here):
    here.insert_once([FIRST])
    with pytest.raises(DocumentDiffers, match=str(FIRST["_id"])):
        here.insert_once([{**FIRST, "seen_at": None}, SECOND])
    assert here.find_one({"_id": FIRST["_id"]})["seen_at"] == AT.replace(microsecond=123000)
    assert here.count({"_id": SECOND["_id"]}) == 1


def test_an_id_that_another_organization_has_is_an_error_that_shows_nothing_of_it(here, notes):
    with tenancy.scope(THEIRS):
        notes.here().insert_once([FIRST])
    with pytest.raises(DocumentDiffers):
        here.insert_once([FIRST])
    assert here.count() == 0


def test_a_new_document_that_breaks_a_unique_index_is_an_error(here):
    here.insert_once([FIRST])
    with pytest.raises(DocumentDiffers, match=str(SECOND["_id"])):
        here.insert_once([{**SECOND, "text": "first"}])
    assert here.count() == 1


def test_a_document_that_the_schema_refuses_is_an_error(here):
    with pytest.raises(BulkWriteError):
        here.insert_once([{**FIRST, "text": 5}, {**SECOND, "unknown": True}, THIRD])
    assert [note["text"] for note in here.find()] == ["third"]
