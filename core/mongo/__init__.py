"""MongoDB: collections bound to the organization in scope, declared with their indexes and schema.

An app's `documents.py` declares; its services and selectors call `COLLECTION.here()`; `manage.py sync_mongo` applies
the declarations. Nothing connects before the first operation, and nothing is created by connecting.

Ids that we issue are stored as BSON binaries of subtype 4 and are `uuid.UUID` in Python: 16 bytes instead of 36 in
every document and index (each begins with `organization_id`), one spelling instead of upper and lower case, and a type
that the schema checks. The JSON renderer writes them as strings. Ids that may be anybody's (`resource_id`, WhatsApp's
`wamid`) stay strings. BSON keeps milliseconds: what is written or asked for is truncated to them on the way.
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
