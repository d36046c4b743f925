"""Parameters of what reads the log."""

from typing import Any, Final

from rest_framework import serializers

from audit.selectors import Filters
from core.fields import AskedIdField, AskedTextField
from core.reading import ReadQuery
from core.windows import WindowQuery

FILTERS: Final = ("user_id", "action", "resource_type", "resource_id", "since", "until")
# An e-mail address or a name may be an object's id.
LONGEST_ID: Final = 1000
LONGEST_NAME: Final = 100
MOST_DAYS: Final = 36_500


def limit_of(default: int) -> serializers.IntegerField:
    """How many to answer."""
    return serializers.IntegerField(min_value=1, max_value=1000, default=default, help_text="How many to answer.")


class FilterQuery(ReadQuery, WindowQuery):
    """Which entries, as `filters`."""

    user_id = AskedIdField(help_text="Who did it.")
    action = AskedTextField(max_length=LONGEST_NAME, help_text="What was done: create, update, delete, login, …")
    resource_type = AskedTextField(max_length=LONGEST_NAME, help_text="To what kind of object: user, campaign, …")
    resource_id = AskedTextField(max_length=LONGEST_ID, help_text="To which object.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What is asked for, and the rest."""
        said = super().validate(attrs)
        return {"filters": Filters(**{name: said.pop(name) for name in FILTERS}), **said}


class LogsQuery(FilterQuery):
    """Which entries, and which page of them."""

    limit = limit_of(100)
    cursor = AskedTextField(max_length=200, help_text="`next_cursor` of the page before.")


class ActivityQuery(ReadQuery):
    """Whose activity, and how far back."""

    user_id = AskedIdField(help_text="Whose; the caller's own if it is left out. Another's is for admins.")
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, default=7, help_text="Days to look back.")
    limit = limit_of(100)


class HistoryQuery(ReadQuery):
    """Which object's history."""

    resource_id = serializers.CharField(max_length=LONGEST_ID, help_text="Which object.")
    resource_type = AskedTextField(max_length=LONGEST_NAME, help_text="Of which kind, for ids that several kinds have.")
    limit = limit_of(50)


class VerifyQuery(ReadQuery):
    """Which part of the log to verify."""

    from_seq = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, default=1, help_text="The first entry to read; those before are not."
    )
    limit = serializers.IntegerField(
        min_value=1, max_value=50_000, default=50_000, help_text="How many entries to read at most."
    )


class ExportQuery(FilterQuery):
    """Which entries, and as what."""

    format = serializers.ChoiceField(
        choices=["ndjson", "csv"],
        default="ndjson",
        help_text="`ndjson`: an entry a line, with what verifies it offline; `csv`: for spreadsheets.",
    )
