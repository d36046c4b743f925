"""Dates as they sort, and times on a clock of 24 hours: one style on every page of the admin."""

DATE_FORMAT = "Y-m-d"
TIME_FORMAT = "H:i"
# No line break parts them.
DATETIME_FORMAT = "Y-m-d\u00a0H:i"
