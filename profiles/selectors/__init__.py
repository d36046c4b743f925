"""Reads: a page of the log, one record, all of them one after the other, and what they add up to."""

from profiles.selectors.daily import DailyCount
from profiles.selectors.exporting import export
from profiles.selectors.filters import Filters
from profiles.selectors.pages import Page, page, rows
from profiles.selectors.records import Row, row
from profiles.selectors.statistics import Offender, Statistics, statistics

__all__ = [
    "DailyCount",
    "Filters",
    "Offender",
    "Page",
    "Row",
    "Statistics",
    "export",
    "page",
    "row",
    "rows",
    "statistics",
]
