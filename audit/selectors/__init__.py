"""Reads of the audit log: its entries page by page, what somebody did, and what was done to one object."""

from audit.selectors.activity import activity_of
from audit.selectors.availability import unavailable_while_down
from audit.selectors.browsing import Sheet, entry_of, sheet
from audit.selectors.exporting import checkpoints_upto, entries_upto, furthest_checkpoint, size
from audit.selectors.filters import Filters
from audit.selectors.lists import Page, page
from audit.selectors.objects import MOST, history, history_of

__all__ = [
    "MOST",
    "Filters",
    "Page",
    "Sheet",
    "activity_of",
    "checkpoints_upto",
    "entries_upto",
    "entry_of",
    "furthest_checkpoint",
    "history",
    "history_of",
    "page",
    "sheet",
    "size",
    "unavailable_while_down",
]
