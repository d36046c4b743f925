"""Searching messages: which are found, in which order, and what is shown of them."""

from messaging.selectors.search.asking import Found, Hit, Order, Search, SearchTooSlow
from messaging.selectors.search.searching import matching_ids, search
from messaging.selectors.search.snippets import snippet_of

__all__ = ["Found", "Hit", "Order", "Search", "SearchTooSlow", "matching_ids", "search", "snippet_of"]
