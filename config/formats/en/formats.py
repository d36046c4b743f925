"""Dates as they sort, and times on a clock of 24 hours: one style on every page of the admin."""

DATE_FORMAT = "Y-m-d"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "Y-m-d H:i"
