"""A collection shows, changes and reaches one organization's documents only."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from core import tenancy
from core.mongo import OrganizationOverride, StageRefused

OURS, THEIRS = UUID(int=1), UUID(int=2)


@pytest.fixture
def stocked(notes):
    """One note of each organization."""
    for organization, text in ((OURS, "our words"), (THEIRS, "their words")):
        with tenancy.scope(organization):
            notes.here().insert({"_id": uuid4(), "text": text})
    return notes


@pytest.fixture
def here(stocked):
    with tenancy.scope(OURS):
        yield stocked.here()


def texts(notes):
    return {(note["organization_id"], note["text"]) for note in notes.unscoped().find()}


BOTH = {(OURS, "our words"), (THEIRS, "their words")}


def test_a_query_outside_a_scope_raises(stocked):
    with pytest.raises(tenancy.TenantScopeMissing):
        stocked.here()
    assert texts(stocked) == BOTH


def test_reads_see_the_scopes_documents_only(here):
    assert [note["text"] for note in here.find()] == ["our words"]
    assert here.find_one({"text": "their words"}) is None
    assert here.count() == 1
    assert [note["text"] for note in here.find({"$or": [{"text": "their words"}, {"text": "our words"}]})] == [
        "our words"
    ]


def test_a_pipeline_sees_the_scopes_documents_only(here):
    assert [row["text"] for row in here.aggregate([{"$project": {"text": 1}}])] == ["our words"]
    assert [row["n"] for row in here.aggregate([{"$match": {}}, {"$count": "n"}])] == [1]
    assert list(here.aggregate([])) != []


def test_words_are_searched_within_the_organization(here):
    pipeline = [{"$match": {"$text": {"$search": "words"}}}, {"$project": {"text": 1, "score": {"$meta": "textScore"}}}]
    assert [row["text"] for row in here.aggregate(pipeline)] == ["our words"]
    assert [note["text"] for note in here.find({"$text": {"$search": "words"}})] == ["our words"]


def test_writes_touch_the_scopes_documents_only(here, stocked):
    assert here.update_many({}, {"$set": {"tags": ["x"]}}).modified_count == 1
    assert here.update_one({"text": "their words"}, {"$set": {"tags": ["x"]}}).matched_count == 0
    assert here.delete_many({"text": "their words"}).deleted_count == 0
    assert texts(stocked) == BOTH
    assert here.delete_many({}).deleted_count == 1
    assert texts(stocked) == {(THEIRS, "their words")}


def test_an_upsert_is_born_into_the_organization(here, stocked):
    here.update_one({"text": "new"}, {"$setOnInsert": {"_id": uuid4()}}, upsert=True)
    assert texts(stocked) == {*BOTH, (OURS, "new")}


@pytest.mark.parametrize(
    "asked",
    [
        {"organization_id": THEIRS},
        {"organization_id": {"$ne": None}},
        {"$or": [{"organization_id": THEIRS}, {"text": "x"}]},
        {"$nor": [{"$and": [{"organization_id.x": 1}]}]},
    ],
)
def test_a_filter_that_names_an_organization_is_refused(here, stocked, asked):
    for act in (
        here.find,
        here.find_one,
        here.count,
        here.delete_many,
        lambda asked: here.aggregate([{"$match": asked}]),
    ):
        with pytest.raises(OrganizationOverride):
            act(asked)
    with pytest.raises(OrganizationOverride):
        here.update_many(asked, {"$set": {"text": "stolen"}})
    assert texts(stocked) == BOTH


@pytest.mark.parametrize(
    "update",
    [
        {"$set": {"organization_id": THEIRS}},
        {"$unset": {"organization_id": ""}},
        {"$rename": {"text": "organization_id"}},
        {"$rename": {"organization_id": "text"}},
        {"$setOnInsert": {"organization_id": THEIRS}},
    ],
)
def test_an_update_cannot_move_a_document_to_another_organization(here, stocked, update):
    for act in (here.update_one, here.update_many):
        with pytest.raises(OrganizationOverride):
            act({}, update)
    assert texts(stocked) == BOTH


def test_a_document_of_another_organization_cannot_be_inserted(here, stocked):
    with pytest.raises(OrganizationOverride):
        here.insert({"_id": uuid4(), "text": "smuggled", "organization_id": THEIRS})
    with pytest.raises(OrganizationOverride):
        here.insert_once([{"_id": uuid4(), "text": "smuggled", "organization_id": THEIRS}])
    assert texts(stocked) == BOTH


@pytest.mark.parametrize(
    "stage",
    [
        {"$lookup": {"from": "test_notes", "pipeline": [], "as": "all"}},
        {"$unionWith": "test_notes"},
        {
            "$graphLookup": {
                "from": "test_notes",
                "startWith": "$x",
                "connectFromField": "x",
                "connectToField": "y",
                "as": "z",
            }
        },
        {"$out": "elsewhere"},
        {"$merge": "test_notes"},
        {"$facet": {"all": [{"$unionWith": "test_notes"}]}},
        {"$collStats": {"count": {}}},
    ],
)
def test_a_stage_that_could_leave_the_organization_is_refused(here, stocked, stage):
    with pytest.raises(StageRefused, match="could reach beyond"):
        here.aggregate([{"$match": {}}, stage])
    with pytest.raises(StageRefused):
        here.aggregate([stage])
    assert texts(stocked) == BOTH


def test_times_come_back_in_utc_and_in_milliseconds(here):
    here.update_one({}, {"$set": {"seen_at": datetime(2026, 1, 27, 10, 30, 0, 123987, tzinfo=UTC)}})
    assert here.find_one({})["seen_at"] == datetime(2026, 1, 27, 10, 30, 0, 123000, tzinfo=UTC)
