"""What came of fetching users."""

from typing import Any

from rest_framework import serializers

from checkin.serializers.base import AnswerOut, Out


class FetchData(Out):
    """How many users there are now, and what has changed."""

    success = serializers.SerializerMethodField()
    listed = serializers.IntegerField(help_text="Users in the upstream's list.")
    added = serializers.IntegerField(help_text="New ones.")
    logged_in = serializers.IntegerField(help_text="Those who have logged in anew.")
    resumed = serializers.IntegerField(help_text="Those who are listed again.")
    removed = serializers.IntegerField(help_text="Those who are listed no more, and not refreshed.")
    problems = serializers.IntegerField(help_text="Entries of the list that cannot be used, and are left out.")

    def get_success(self, summary: Any) -> bool:  # noqa: ANN401 -- DRF asks for a method
        """Whoever could not be fetched got an error."""
        return True


class FetchAnswerOut(AnswerOut):
    """The users were fetched."""

    data = FetchData()  # type: ignore[assignment]  # DRF takes the fields out of the class
