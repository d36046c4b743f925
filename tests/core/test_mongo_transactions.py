"""Several writes to one organization's documents happen all, or none; what a collection offers for it."""

import time
from threading import Event as Flag
from uuid import UUID, uuid4

import pytest
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError, ServerSelectionTimeoutError

from core import outbox, tenancy
from core.mongo import OrganizationOverride, client, in_transaction, retry_while_down
from core.testing.mongo import start_empty
from tests.threads import at_once

OURS, THEIRS = UUID(int=1), UUID(int=2)


@pytest.fixture
def here(notes):
    with tenancy.scope(OURS):
        yield notes.here()


@pytest.fixture
def own_mongo(notes, private_mongo, settings):
    """A MongoDB of the test's own, to be killed, in which the notes are, too."""
    shared, settings.MONGODB_URI = settings.MONGODB_URI, private_mongo.url
    start_empty(notes)
    yield private_mongo
    client().close()
    settings.MONGODB_URI = shared


def texts(notes) -> list[str]:
    return sorted(note["text"] for note in notes.unscoped().find())


def note(text: str, **fields) -> dict:
    return {"_id": uuid4(), "text": text, **fields}


def test_what_is_returned_comes_back_and_everything_is_written(here, notes):
    def act(session):
        here.insert_many([note("one"), note("two")], session=session)
        here.update_one({"text": "one"}, {"$set": {"tags": ["x"]}}, session=session)
        here.update_each([({"text": "two"}, {"$set": {"tags": ["y"]}})], session=session)
        here.delete_many({"text": "none"}, session=session)
        return len(list(here.find({}, session=session)))

    assert in_transaction(act) == 2
    assert {note["text"]: note["tags"] for note in here.find()} == {"one": ["x"], "two": ["y"]}


def test_an_error_takes_everything_back(here, notes):
    here.insert(note("there"))

    def act(session):
        here.insert_many([note("new")], session=session)
        here.delete_many({"text": "there"}, session=session)
        assert [one["text"] for one in here.find({}, session=session)] == ["new"]
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        in_transaction(act)
    assert texts(notes) == ["there"]


def test_what_breaks_a_unique_index_takes_everything_back(here, notes):
    here.insert(note("there"))

    def act(session):
        here.insert_many([note("new"), note("there")], session=session)

    with pytest.raises(BulkWriteError):
        in_transaction(act)
    assert texts(notes) == ["there"]


def test_nobody_sees_a_part_of_it(here, notes):
    def act(session):
        here.insert_many([note("new")], session=session)
        assert here.count() == 0
        assert here.find_one({}) is None
        assert here.find_one({}, session=session)["text"] == "new"
        pipeline = [{"$count": "n"}]
        assert list(here.aggregate(pipeline, session=session)) == [{"n": 1}]
        assert list(here.aggregate(pipeline)) == []

    in_transaction(act)
    assert texts(notes) == ["new"]


def test_of_two_that_are_in_each_others_way_one_begins_anew_and_both_are_done(here, notes):
    """Neither is lost, and neither counts twice, though one of them ran more than once."""
    here.insert({**note("sum"), "tags": []})
    is_written, runs = Flag(), []

    def add(name: str, session) -> None:
        runs.append(name)
        bound = notes.here()
        tags = bound.find_one({"text": "sum"}, session=session)["tags"]
        bound.update_one({"text": "sum"}, {"$set": {"tags": [*tags, name]}}, session=session)

    def first(session):
        add("first", session)
        if runs.count("first") == 1:
            is_written.set()
            assert second_has_run.wait(10)

    second_has_run = Flag()

    def second(session):
        assert is_written.wait(10)
        try:
            add("second", session)
        finally:
            second_has_run.set()

    at_once([lambda: in_transaction(first), lambda: in_transaction(second)], organization_id=OURS)
    assert sorted(here.find_one({"text": "sum"})["tags"]) == ["first", "second"]
    assert len(runs) > 2


def test_a_mongo_that_is_down_is_noticed_before_anything_is_done(settings):
    settings.MONGODB_URI = "mongodb://127.0.0.1:1/?replicaSet=rs0"
    done = []
    with pytest.raises(ServerSelectionTimeoutError):
        in_transaction(done.append)
    assert done == []


def test_a_mongo_that_dies_in_the_middle_is_given_up_before_the_lease_runs_out(notes, own_mongo, monkeypatch):
    monkeypatch.setattr("core.mongo.transactions.TRANSACTION_SECONDS", 3)
    runs = []

    def act(session):
        runs.append(session)
        notes.here().insert_many([note("new")], session=session)
        if len(runs) == 1:
            own_mongo.kill()

    began = time.monotonic()
    with tenancy.scope(OURS), pytest.raises(outbox.Retry, match="MongoDB is not available"), retry_while_down():
        in_transaction(act)
    assert 2.5 < time.monotonic() - began < 6
    own_mongo.start()
    assert notes.unscoped().count_documents({}) == 0


def test_many_are_inserted_in_their_order_and_the_first_that_fails_is_the_last_that_is_tried(here, notes):
    with pytest.raises(BulkWriteError) as caught:
        here.insert_many([note("a"), note("b"), note("a"), note("c")])
    assert caught.value.details["nInserted"] == 2
    assert texts(notes) == ["a", "b"]


def test_each_update_changes_one_document_in_their_order(here, notes):
    here.insert_many([note("a"), note("b", tags=["old"])])
    with tenancy.scope(THEIRS):
        notes.here().insert(note("a"))
    new = uuid4()
    here.update_each(
        [
            ({"text": "a"}, {"$set": {"tags": ["1"]}}),
            ({"text": "a"}, {"$push": {"tags": "2"}}),
            ({"tags": "old"}, {"$unset": {"tags": ""}}),
            ({"_id": new}, {"$setOnInsert": {"text": "new"}}),
        ],
        upsert=True,
    )
    stored = {(one["organization_id"], one["text"]): one.get("tags") for one in notes.unscoped().find()}
    assert stored == {(OURS, "a"): ["1", "2"], (OURS, "b"): None, (OURS, "new"): None, (THEIRS, "a"): None}


def test_without_upsert_nothing_is_inserted_by_an_update(here, notes):
    here.update_each([({"text": "absent"}, {"$set": {"tags": []}})])
    here.update_one({"text": "absent"}, {"$set": {"tags": []}})
    assert texts(notes) == []


def test_one_update_that_names_an_organization_stops_all(here, notes):
    here.insert(note("a"))
    for asked, update in [
        ({"organization_id": THEIRS}, {"$set": {"tags": ["x"]}}),
        ({}, {"$set": {"organization_id": THEIRS}}),
    ]:
        with pytest.raises(OrganizationOverride):
            here.update_each([({"text": "a"}, {"$set": {"tags": ["x"]}}), (asked, update)])
    with pytest.raises(OrganizationOverride):
        here.insert_many([note("b"), note("c", organization_id=THEIRS)])
    assert [(one["text"], one.get("tags")) for one in notes.unscoped().find()] == [("a", None)]


def test_an_insert_that_is_refused_is_an_error(here, notes):
    here.insert(note("a"))
    with pytest.raises(DuplicateKeyError):
        here.insert(note("a"))
    with pytest.raises(PyMongoError):
        here.insert(note("b", unknown=1))
    assert texts(notes) == ["a"]
