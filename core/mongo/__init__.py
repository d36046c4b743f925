"""MongoDB, as this platform uses it. Read this first; `docs/mongodb.md` is for operators, decision 3 has the reasons.

**A collection is declared** once, in an app's `documents.py`: its name, the TypedDict that its documents keep to, its
indexes. `Collection.here()` is the scope's organization's part of it, a `TenantCollection`: pymongo's operations with
the organization in every filter, pipeline and document. It cannot be named, changed or left from there (`guards`), and
outside a scope there is none. `Collection.unscoped()` is all of it, and is for tests and `sync_mongo` alone.

    MESSAGES = Collection("messages", schema=Message, indexes=[Index("conversation_id", "-created_at")])
    latest = MESSAGES.here().find({"conversation_id": found.pk}).sort("created_at", -1).limit(50)

**Nothing connects** before the first operation, and nothing is made by connecting: `manage.py sync_mongo` makes
collections, `$jsonSchema` validators (`schema`) and indexes what is declared, and `--check` tells what differs. Each
index begins with `organization_id`, so that a shard key on it would send every command to one shard.

**One client per process** (`connection`), made anew after a fork. What is written has reached a majority and its
journal, and so has what is read. A server is looked for during 2 s, an operation takes 5 s at most, a transaction 15 s.

**Writes come from outbox consumers**, so that a request needs no MongoDB and nothing is lost while it is down. A
consumer may see an event twice: the event's id is the document's `_id`, and `insert_once` takes what is stored already
for done if it is the same. `retry_while_down` tells the relay to come back. What must happen together does in
`in_transaction`, which hands out the `session` that each operation takes. A read of a MongoDB that is down raises
PyMongoError, and the caller is answered 500 in his app's envelope.

**Values.** Ids that we issue are BSON binaries of subtype 4 and `uuid.UUID` in Python: 16 bytes instead of 36 in every
document and index, one spelling instead of upper and lower case, and a type that the schema checks. Ids that may be
anybody's (`resource_id`, WhatsApp's `wamid`) stay strings. Times are UTC, and keep milliseconds. Whole numbers end at
2^63.

**Tests** use a real MongoDB: `core.testing.mongo.start_empty(COLLECTION)` makes one as declared and empty, the fixture
`private_mongo` is one to be killed. `tests/mongo_commands.py` hears every command that the platform sends, and fails
the test in which one does not name the organization.
"""

from core.mongo.collection import Collection
from core.mongo.connection import client, database
from core.mongo.failures import DocumentDiffers, OrganizationOverride, StageRefused, is_down, retry_while_down
from core.mongo.index import Index
from core.mongo.tenant import TenantCollection
from core.mongo.transactions import Session, in_transaction

__all__ = [
    "Collection",
    "DocumentDiffers",
    "Index",
    "OrganizationOverride",
    "Session",
    "StageRefused",
    "TenantCollection",
    "client",
    "database",
    "in_transaction",
    "is_down",
    "retry_while_down",
]
