"""The listener that hears every command to MongoDB finds those that are not one organization's."""

import os
import subprocess
import sys
from uuid import UUID, uuid4

import pytest

from core import tenancy
from core.mongo import database
from tests.mongo_commands import ROOT, fault_of, listener

OURS = UUID(int=1)
NAMED = {"organization_id": OURS}
UNNAMED = "it does not name the organization"


@pytest.fixture
def platform():
    """Evaluate an expression as if it stood in a file of the platform."""

    def run(expression, **names):
        return eval(compile(expression, str(ROOT / "audit" / "planted.py"), "eval"), names)  # noqa: S307

    return run


@pytest.mark.parametrize(
    "expression",
    [
        "list(notes.find({'text': 'x'}))",
        "notes.find_one({'organization_id': {'$in': [ours]}})",
        "notes.find_one({'$or': [{'organization_id': ours}]})",
        "notes.find_one({'organization_id': str(ours)})",
        "notes.count_documents({})",
        "notes.distinct('text')",
        "list(notes.aggregate([]))",
        "list(notes.aggregate([{'$sort': {'text': 1}}, {'$match': {'organization_id': ours}}]))",
        "notes.update_one({}, {'$set': {'text': 'x'}})",
        "notes.update_many({'organization_id': {'$gte': ours}}, {'$set': {'text': 'x'}})",
        "notes.delete_one({'text': 'x'})",
        "notes.find_one_and_delete({})",
        "notes.find_one_and_update({}, {'$set': {'text': 'x'}})",
    ],
)
def test_a_command_of_the_platform_that_does_not_name_the_organization_is_a_fault(notes, platform, expression):
    platform(expression, notes=notes.unscoped(), ours=OURS)
    [fault] = listener.take_faults()
    assert fault.startswith(f"{UNNAMED}: {{'")
    assert "'test_notes'" in fault


def test_one_statement_of_many_is_a_fault(notes, platform):
    from_outside = {"_id": uuid4(), "text": "x", **NAMED}
    platform("notes.insert_many(new)", notes=notes.unscoped(), new=[from_outside])
    assert listener.take_faults() == []
    assert fault_of("insert", {"insert": "test_notes", "documents": [from_outside, {"text": "y"}]}) == UNNAMED
    assert fault_of("delete", {"delete": "test_notes", "deletes": [{"q": NAMED}, {"q": {}}]}) == UNNAMED
    assert fault_of("update", {"update": "test_notes", "updates": [{"q": NAMED}, {"q": {}}]}) == UNNAMED
    assert fault_of("update", {"update": "test_notes", "updates": [{"q": NAMED}, {"q": NAMED}]}) == ""


def test_what_nobody_declared_and_what_nobody_knows_are_faults(platform, notes):
    platform("database['stray'].find_one(named)", database=database(), named=NAMED)
    platform("database.command('dataSize', 'x.y')", database=database())
    assert [fault.partition(":")[0] for fault in listener.take_faults()] == [
        "its collection is not declared",
        "nothing is known of such a command",
    ]
    assert fault_of("aggregate", {"aggregate": 1, "pipeline": [{"$match": NAMED}]}) == "its collection is not declared"
    assert fault_of("explain", {"explain": {"find": "test_notes", "filter": {}}}) == UNNAMED
    assert fault_of("explain", {"explain": {"find": "test_notes", "filter": NAMED}}) == ""


def test_what_is_bound_to_the_organization_is_heard_and_has_no_fault(notes):
    before = listener.heard.total()
    with tenancy.scope(OURS):
        here = notes.here()
        here.insert({"_id": uuid4(), "text": "first"})
        here.insert_many([{"_id": uuid4(), "text": "second"}])
        here.insert_once([{"_id": uuid4(), "text": "third"}])
        assert here.find_one({"text": "first"})["text"] == "first"
        assert here.count() == 3
        assert len(list(here.aggregate([{"$match": {"$text": {"$search": "first"}}}]))) == 1
        here.update_one({"text": "first"}, {"$set": {"tags": []}})
        here.update_many({}, {"$set": {"tags": []}})
        here.update_each([({"text": "first"}, {"$set": {"tags": ["x"]}}), ({}, {"$set": {"tags": []}})])
        here.delete_many({})
    assert listener.heard.total() - before == 10
    assert listener.take_faults() == []


def test_a_test_may_look_across_organizations(notes):
    before = listener.heard.total()
    assert list(notes.unscoped().find()) == []
    assert listener.heard.total() == before
    assert listener.take_faults() == []


PLANTED = """
from audit.documents import AUDIT_LOGS

def look(when):
    source = f"audit_logs.count_documents({{'action': '{when}'}})"
    eval(compile(source, ROOT + "/audit/planted.py", "eval"), {"audit_logs": AUDIT_LOGS.unscoped()})

def test_before(): pass

def test_with_a_fault(): look("in the test")

import pytest

@pytest.fixture
def faulty(): look("in a fixture")

def test_with_a_faulty_fixture(faulty): pass

def test_afterwards(): pass
"""


@pytest.mark.system
def test_a_fault_fails_the_test_in_which_it_happens_with_the_commands_text(tmp_path):
    planted = tmp_path / "test_planted.py"
    planted.write_text(f"ROOT = {str(ROOT)!r}\n{PLANTED}")
    plugins = ["-p", "tests.mongo_commands", "-p", "no:xdist", "-p", "no:randomly", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *plugins, "-c", str(ROOT / "pyproject.toml"), str(planted)]
    # A worker of xdist uses the servers that are there.
    environment = {**os.environ, "PYTEST_XDIST_WORKER": "gw7", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 passed, 1 failed, 1 error" in done.stdout or "1 failed, 2 passed, 1 error" in done.stdout, done.stdout
    assert f"{UNNAMED}: {{'aggregate': 'audit_logs'" in done.stdout
    assert "'$match': {'action': 'in the test'}" in done.stdout
    assert "'$match': {'action': 'in a fixture'}" in done.stdout
    assert "MongoDB commands of one organization each: 2 aggregate" in done.stdout
