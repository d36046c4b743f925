"""One organization's part of a collection: nothing else can be read, written or reached from it."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

import bson
from bson.codec_options import DatetimeConversion
from pymongo import UpdateOne
from pymongo.collection import Collection as RawCollection
from pymongo.command_cursor import CommandCursor
from pymongo.cursor import Cursor
from pymongo.errors import BulkWriteError
from pymongo.results import DeleteResult, InsertManyResult, InsertOneResult, UpdateResult

from core.mongo import guards
from core.mongo.failures import DocumentDiffers
from core.mongo.transactions import Session

Document = TypeVar("Document", bound=Mapping[str, Any])
Filter = Mapping[str, Any]
Update = Mapping[str, Any]
DUPLICATE_KEY = 11000


class TenantCollection(Generic[Document]):
    """pymongo's operations with the organization in every filter, pipeline and document.

    All raise OrganizationOverride when what they are given names an organization, and PyMongoError when MongoDB fails.
    """

    def __init__(self, raw: RawCollection[Document], organization_id: UUID) -> None:
        self._raw = raw
        self._organization_id = organization_id

    def reading_anything(self) -> "TenantCollection[Document]":
        """The same, in which a time that no calendar has is a DatetimeMS, and text that is no UTF-8 has gaps.

        For documents that somebody else may have written: otherwise InvalidBSON is raised at the first of them.
        """
        options = self._raw.codec_options.with_options(
            datetime_conversion=DatetimeConversion.DATETIME_AUTO, unicode_decode_error_handler="replace"
        )
        return TenantCollection(self._raw.with_options(codec_options=options), self._organization_id)

    def find(
        self,
        filter: Filter | None = None,  # noqa: A002 -- MongoDB's own word
        projection: Any = None,  # noqa: ANN401 -- as pymongo takes it
        *,
        session: Session | None = None,
    ) -> Cursor[Document]:
        """The organization's documents that match."""
        return self._raw.find(self._scoped(filter), projection, session=session)

    def find_one(
        self,
        filter: Filter,  # noqa: A002 -- MongoDB's own word
        projection: Any = None,  # noqa: ANN401 -- as pymongo takes it
        *,
        session: Session | None = None,
    ) -> Document | None:
        """One of the organization's documents that match, or None."""
        return self._raw.find_one(self._scoped(filter), projection, session=session)

    def count(self, filter: Filter | None = None) -> int:  # noqa: A002 -- MongoDB's own word
        """How many of the organization's documents match."""
        return self._raw.count_documents(self._scoped(filter))

    def aggregate(
        self, pipeline: Sequence[Mapping[str, Any]], *, session: Session | None = None
    ) -> CommandCursor[dict[str, Any]]:
        """Run a pipeline over the organization's documents. Raises StageRefused for stages that could leave them."""
        scoped = guards.scoped_pipeline(pipeline, self._organization_id)
        return cast("CommandCursor[dict[str, Any]]", self._raw.aggregate(scoped, session=session))

    def insert(self, document: Mapping[str, Any]) -> InsertOneResult:
        """Insert one document into the organization."""
        return self._raw.insert_one(self._stamped(document))

    def insert_many(
        self, documents: Sequence[Mapping[str, Any]], *, session: Session | None = None
    ) -> InsertManyResult:
        """Insert documents into the organization in their order: the first that fails is the last that is tried.

        Whatever happens, what is stored of them are the first ones without a gap. Raises BulkWriteError.
        """
        return self._raw.insert_many([self._stamped(document) for document in documents], session=session)

    def insert_once(self, documents: Sequence[Mapping[str, Any]]) -> int:
        """Insert documents that bring their `_id`, accepting those that are stored already, exactly as given.

        Returns how many were new. Raises DocumentDiffers for an `_id` that another document has, once all others are
        in, and BulkWriteError for documents that the schema refuses.
        """
        stamped = [self._stamped(document) for document in documents]
        try:
            self._raw.insert_many(stamped, ordered=False)
        except BulkWriteError as error:
            failures = error.details["writeErrors"]
            if error.details["writeConcernErrors"] or any(failure["code"] != DUPLICATE_KEY for failure in failures):
                raise
            self._require_stored([failure["op"] for failure in failures])
            return len(stamped) - len(failures)
        return len(stamped)

    def update_one(
        self,
        filter: Filter,  # noqa: A002 -- MongoDB's own word
        update: Update,
        *,
        upsert: bool = False,
        session: Session | None = None,
    ) -> UpdateResult:
        """Update one of the organization's documents, or insert it into the organization."""
        return self._raw.update_one(self._scoped(filter), guards.untouched(update), upsert=upsert, session=session)

    def update_each(
        self, updates: Sequence[tuple[Filter, Update]], *, upsert: bool = False, session: Session | None = None
    ) -> None:
        """Update one document for each filter, in one request, in their order. Raises BulkWriteError."""
        self._raw.bulk_write(
            [UpdateOne(self._scoped(asked), guards.untouched(update), upsert=upsert) for asked, update in updates],
            session=session,
        )

    def update_many(self, filter: Filter, update: Update) -> UpdateResult:  # noqa: A002 -- MongoDB's own word
        """Update all of the organization's documents that match."""
        return self._raw.update_many(self._scoped(filter), guards.untouched(update))

    def delete_many(self, filter: Filter, *, session: Session | None = None) -> DeleteResult:  # noqa: A002
        """Delete all of the organization's documents that match."""
        return self._raw.delete_many(self._scoped(filter), session=session)

    def _scoped(self, asked: Filter | None) -> dict[str, Any]:
        return guards.scoped_filter(asked or {}, self._organization_id)

    def _stamped(self, document: Mapping[str, Any]) -> Document:
        return cast(Document, guards.stamped(document, self._organization_id))

    def _require_stored(self, documents: Sequence[Mapping[str, Any]]) -> None:
        options = self._raw.codec_options
        stored = {found["_id"]: found for found in self.find({"_id": {"$in": [one["_id"] for one in documents]}})}
        for document in documents:
            # What BSON makes of it: milliseconds, UUIDs, lists for tuples.
            if stored.get(document["_id"]) != bson.decode(bson.encode(document, codec_options=options), options):
                raise DocumentDiffers(document["_id"])
