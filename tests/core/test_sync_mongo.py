"""`manage.py sync_mongo` makes MongoDB what is declared, once, and tells when it is not."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils.module_loading import autodiscover_modules

from core.mongo import Collection, Index, database
from core.mongo.collection import declared
from core.mongo.sync import changes

# As the guide has them.
ORDER = ["audit_logs", "metric_events", "metric_rollups", "messages"]


def told(capsys):
    return [line for line in capsys.readouterr().out.splitlines() if "test_notes" in line]


@pytest.fixture
def absent(notes):
    notes.unscoped().drop()
    call_command("sync_mongo")  # whatever the apps declare
    notes.unscoped().drop()
    return notes


INDEXES = {
    "_id_": [("_id", 1)],
    "organization_id_1_text_text": [("organization_id", 1), ("_fts", "text"), ("_ftsx", 1)],
    "organization_id_1_seen_at_-1": [("organization_id", 1), ("seen_at", -1)],
    "organization_id_1_text_1": [("organization_id", 1), ("text", 1)],
}


def indexes(collection):
    return {listed["name"]: list(listed["key"].items()) for listed in collection.unscoped().list_indexes()}


def test_it_creates_what_is_missing_and_the_second_run_finds_nothing_to_do(absent, capsys):
    capsys.readouterr()
    call_command("sync_mongo")
    assert told(capsys) == [
        "test_notes: create it",
        "test_notes: create index organization_id_1_text_text",
        "test_notes: create index organization_id_1_seen_at_-1",
        "test_notes: create index organization_id_1_text_1",
    ]
    assert indexes(absent) == INDEXES
    call_command("sync_mongo")
    call_command("sync_mongo", "--check")
    assert capsys.readouterr().out == "MongoDB is as declared.\nMongoDB is as declared.\n"


def test_check_reports_the_drift_and_changes_nothing(absent, capsys):
    with pytest.raises(CommandError, match="differs from what is declared in 4 respects") as caught:
        call_command("sync_mongo", "--check")
    assert caught.value.returncode == 1
    assert len(told(capsys)) == 4
    assert "test_notes" not in database().list_collection_names()


def test_it_drops_indexes_nobody_declares_and_rebuilds_those_with_other_options(notes, capsys):
    raw = notes.unscoped()
    raw.create_index([("text", 1)])
    raw.drop_index("organization_id_1_text_1")
    raw.create_index([("organization_id", 1), ("text", 1)], name="organization_id_1_text_1")
    call_command("sync_mongo")
    assert sorted(told(capsys)) == [
        "test_notes: create index organization_id_1_text_1",
        "test_notes: drop index organization_id_1_text_1",
        "test_notes: drop index text_1",
    ]
    assert indexes(notes) == INDEXES
    assert raw.index_information()["organization_id_1_text_1"]["unique"] is True
    assert list(changes(notes)) == []


def test_it_changes_the_schema_of_a_collection_that_has_documents(notes, capsys):
    database().command("collMod", "test_notes", validator={}, validationAction="warn")
    notes.unscoped().insert_one({"old": "document"})
    call_command("sync_mongo")
    assert told(capsys) == ["test_notes: change its schema"]
    assert list(changes(notes)) == []
    notes.unscoped().delete_many({})


def test_partial_indexes_are_recognised(notes):
    index = Index("tags", unique=True, where={"tags": {"$exists": True}})
    notes.indexes = (*notes.indexes, index)
    for change in list(changes(notes)):
        change.apply()
    assert index.name in indexes(notes)
    assert list(changes(notes)) == []


def test_a_collection_is_declared_once_and_belongs_to_organizations(notes):
    with pytest.raises(ValueError, match="declared already"):
        Collection("test_notes", schema=dict)
    with pytest.raises(TypeError, match="organization_id"):
        Collection("test_others", schema=dict)


def test_a_mongo_that_is_down_is_a_clear_error(settings):
    settings.MONGODB_URI = "mongodb://127.0.0.1:1/?replicaSet=rs0&serverSelectionTimeoutMS=100"
    with pytest.raises(CommandError, match="MongoDB is not available"):
        call_command("sync_mongo")


def test_the_guides_table_has_every_index_that_is_declared():
    """A row for each: the collection, the fields after the organization, and whether it is unique."""
    guide = (Path(settings.BASE_DIR) / "docs" / "mongodb.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| `([^`]+)` \| (yes)? ?\|", guide, re.MULTILINE)
    autodiscover_modules("documents")
    assert [(name, fields, bool(unique)) for name, fields, unique in rows] == [
        (collection.name, ", ".join(index.fields), index.unique)
        for collection in sorted(declared(), key=lambda one: ORDER.index(one.name))
        for index in collection.indexes
    ]
