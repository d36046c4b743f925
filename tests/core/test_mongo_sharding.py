"""A shard key on `organization_id` sends every command to one shard, for each collection that there is.

What MongoDB asks of that key (sharding: "Shard Key Indexes", "Targeted Operations") is tested by its rules; a router is
not among the programs that the tests have. `docs/mongodb.md` says how it is done.
"""

import ast
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils.module_loading import autodiscover_modules

from core.mongo import database
from core.mongo.collection import declared
from tests.mongo_commands import ROOT, fault_of

KEY = "organization_id"
PLATFORMS = ["audit_logs", "messages", "metric_events", "metric_rollups"]

autodiscover_modules("documents")


@pytest.fixture
def synced():
    """The platform's collections, as declared and in MongoDB."""
    call_command("sync_mongo")
    return {collection.name: collection for collection in declared()}


def test_every_collection_of_the_platform_is_one_of_organizations(synced):
    assert sorted(synced) == PLATFORMS
    for collection in synced.values():
        assert KEY in collection.schema["required"]
        assert collection.schema["properties"][KEY] == {"bsonType": ["binData"]}
        assert collection.schema["additionalProperties"] is False


def test_a_database_after_sync_mongo_is_as_the_apps_declare(synced, capsys):
    capsys.readouterr()
    call_command("sync_mongo", "--check")
    assert capsys.readouterr().out == "MongoDB is as declared.\n"


def test_every_index_but_that_of_ids_begins_with_the_key(synced):
    for name in database().list_collection_names(filter={"name": {"$in": PLATFORMS}}):
        listed = {index["name"]: list(index["key"]) for index in database()[name].list_indexes()}
        assert listed.pop("_id_") == ["_id"]
        assert len(listed) == len(synced[name].indexes) > 0
        assert {fields[0] for fields in listed.values()} == {KEY}
        assert {next(iter(index.keys)) for index in synced[name].indexes} == {KEY}


@pytest.mark.parametrize("name", PLATFORMS)
def test_each_collection_has_an_index_that_carries_the_key(name, synced):
    """Neither a partial one, nor one of words, nor one with an entry for each element of an array."""
    properties = synced[name].schema["properties"]

    def carries(index):
        kinds = [properties[field].get("bsonType", []) for field in index.keys]
        return not index.where and "text" not in index.keys.values() and all("array" not in kind for kind in kinds)

    assert any(carries(index) for index in synced[name].indexes)


@pytest.mark.parametrize("name", PLATFORMS)
def test_what_is_unique_within_an_organization_stays_so(name, synced):
    """A shard knows its own documents only: what is unique must begin with the whole key, in ascending order."""
    for index in synced[name].indexes:
        if index.unique:
            assert next(iter(index.keys.items())) == (KEY, 1)
            assert index.where is None


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_command_without_the_key_would_go_to_every_shard_and_is_a_fault(name):
    for command, faulty in {
        "find": {"filter": {"_id": 1}},
        "aggregate": {"pipeline": [{"$group": {"_id": None}}]},
        "count": {"query": {}},
        "distinct": {"key": KEY},
        "findAndModify": {"query": {"_id": 1}},
        "update": {"updates": [{"q": {"_id": 1}, "u": {}}]},
        "delete": {"deletes": [{"q": {"_id": 1}, "limit": 1}]},
        "insert": {"documents": [{"_id": 1}]},
    }.items():
        assert fault_of(command, {command: name, **faulty}) == "it does not name the organization"


# Those that reach MongoDB without an organization: declarations are everybody's, and so is the question if it is there.
AROUND = {"core/mongo", "core/testing", "core/health/readiness.py", "core/management/commands/sync_mongo.py"}
RAW = {"client", "database", "Collection", "MongoClient"}


def reaches_around(path: Path) -> list[str]:
    """Where a file of the platform gets at MongoDB without being bound to the scope's organization."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call(func=ast.Attribute(attr="unscoped")):  # a table's is a manager, and is not called
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}: unscoped()")
            case ast.ImportFrom(module="core.mongo", names=names):
                raw = {name.name for name in names} & (RAW - {"Collection"})
                found += [f"{path.relative_to(ROOT)}:{node.lineno}: {name}" for name in sorted(raw)]
            case ast.ImportFrom(module=str(module), names=names) if module.startswith(("pymongo", "core.mongo.")):
                raw = {name.name for name in names} & RAW
                found += [f"{path.relative_to(ROOT)}:{node.lineno}: {name}" for name in sorted(raw)]
    return found


def platforms_files() -> list[Path]:
    """The files of every app, but those that may reach MongoDB without an organization."""
    apps = [path.parent for path in ROOT.glob("*/apps.py")]
    files = [path for app in apps for path in app.rglob("*.py")]
    around = tuple(str(ROOT / name) for name in AROUND)
    return [path for path in files if not str(path).startswith(around)]


def test_no_app_reaches_mongodb_without_its_organization():
    files = platforms_files()
    assert len(files) > 300
    assert [place for path in files for place in reaches_around(path)] == []


def test_reaching_around_would_be_found(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.core.test_mongo_sharding.ROOT", tmp_path)
    planted = tmp_path / "selectors.py"
    planted.write_text(
        "from core.mongo import Collection, database\nfrom pymongo import MongoClient\n"
        "from core.mongo.connection import client\nrows = LOGS.unscoped().find()\nlater = Entry.unscoped.all()\n"
    )
    assert sorted(reaches_around(planted)) == [
        "selectors.py:1: database",
        "selectors.py:2: MongoClient",
        "selectors.py:3: client",
        "selectors.py:4: unscoped()",
    ]
