"""Archives of chats: WhatsApp's own exports, NDJSON, and tables. Each is read line by line, however long it is."""

from messaging.archives.entries import Entry, Skipped, SkipReason
from messaging.archives.errors import UnreadableArchive
from messaging.archives.reading import Format, Options, entries_of
from messaging.archives.stamps import DateOrder
from messaging.archives.tables import Columns

__all__ = [
    "Columns",
    "DateOrder",
    "Entry",
    "Format",
    "Options",
    "SkipReason",
    "Skipped",
    "UnreadableArchive",
    "entries_of",
]
