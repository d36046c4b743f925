"""What staff ask the log for."""

from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import UUID

from django import forms
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminTextInputWidget

from accounts import selectors as accounts
from audit.selectors import Filters

LONGEST_NAME: Final = 100
LONGEST_ADDRESS: Final = 254
# An e-mail address or a name may be an object's id.
LONGEST_ID: Final = 1000


class AskingForm(forms.Form):
    """Which entries to list or to export. What is left empty asks nothing."""

    user = forms.CharField(
        label="Who", required=False, max_length=LONGEST_ADDRESS, help_text="E-mail address or id of a user"
    )
    action = forms.CharField(required=False, max_length=LONGEST_NAME, help_text="create, update, delete, login, …")
    resource_type = forms.CharField(
        label="Kind of object", required=False, max_length=LONGEST_NAME, help_text="user, ai_agent, campaign, …"
    )
    resource_id = forms.CharField(label="Id of the object", required=False, max_length=LONGEST_ID)
    date_from = forms.DateField(label="From", required=False, help_text="A day in UTC, itself in")
    date_to = forms.DateField(label="To", required=False, help_text="A day in UTC, itself in")

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own
        super().__init__(*arguments, **options)
        for field in self.fields.values():
            is_day = isinstance(field, forms.DateField)
            field.widget = UnfoldAdminDateWidget() if is_day else UnfoldAdminTextInputWidget(field.widget.attrs)

    def clean_user(self) -> UUID | None:
        """His id. Raises ValidationError for an address that nobody of the organization has."""
        said: str = self.cleaned_data["user"]
        if not said:
            return None
        if "@" in said:
            if (found := accounts.user_id_of(said)) is None:
                raise forms.ValidationError("Nobody of the organization has this e-mail address.")
            return found
        try:
            return UUID(said)
        except ValueError:
            raise forms.ValidationError("Neither an e-mail address nor the id of a user.") from None

    def clean_action(self) -> str:
        """As it is recorded, however it was typed."""
        return _name(self.cleaned_data["action"])

    def clean_resource_type(self) -> str:
        """As it is recorded, however it was typed."""
        return _name(self.cleaned_data["resource_type"])

    def clean(self) -> dict[str, Any]:
        """No window ends before it begins."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = said.get("date_from"), said.get("date_to")
        if since and until and until < since:
            self.add_error("date_to", "Is before the first day.")
        return said

    @property
    def filters(self) -> Filters:
        """What a valid form asks for."""
        said = self.cleaned_data
        return Filters(
            user_id=said["user"],
            action=said["action"] or None,
            resource_type=said["resource_type"] or None,
            resource_id=said["resource_id"] or None,
            since=_moment(said["date_from"], time.min),
            until=_moment(said["date_to"], time.max),
        )


def _name(said: str) -> str:
    return "_".join(said.lower().split())


def _moment(day: date | None, clock: time) -> datetime | None:
    return datetime.combine(day, clock, UTC) if day else None
