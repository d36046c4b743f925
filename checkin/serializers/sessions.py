"""Sessions, as the document names their fields."""

from typing import Any

from rest_framework import serializers

from checkin.models import Report, SessionStatus
from checkin.serializers.base import AnswerOut, Out
from checkin.serializers.runs import RunOut
from core.secrets import decrypt_if_possible, masked
from core.serializers import QuerySerializer


class RefreshQuery(QuerySerializer):
    """Whether to wait for the end of it."""

    wait = serializers.BooleanField(default=True, help_text="`false` answers at once, with the run.")


class SessionOut(Out):
    """A user's session, without its token."""

    email = serializers.EmailField()
    status = serializers.ChoiceField(
        choices=SessionStatus.choices, allow_null=True, help_text="What the last refresh found; null before the first."
    )
    checkinReport = serializers.ChoiceField(  # noqa: N815 -- the document's name
        source="checkin_report", choices=Report.choices, allow_null=True
    )
    checkinReportTime = serializers.DateTimeField(source="checkin_report_time", allow_null=True)  # noqa: N815
    last_refreshed_at = serializers.DateTimeField(allow_null=True, help_text="When it was last found normal.")
    error = serializers.CharField(allow_null=True, help_text="What went wrong the last time, if anything did.")


class UserOut(SessionOut):
    """A user whom the upstream lists, with his session."""

    checkintoken = serializers.SerializerMethodField(
        help_text="`…` and the last four characters of it; null if none of ENCRYPTION_KEYS opens it."
    )

    def get_checkintoken(self, session: Any) -> str | None:  # noqa: ANN401 -- with the selector's annotation
        """Enough to tell tokens apart."""
        token = decrypt_if_possible(session.stored_token)
        return None if token is None else masked(token)


class SessionsData(Out):
    """The sessions as they are now, by e-mail address, and the run that saw to them."""

    sessions = SessionOut(many=True)
    run = RunOut()


class SessionsAnswerOut(AnswerOut):
    """All sessions."""

    data = SessionsData()  # type: ignore[assignment]  # DRF takes the fields out of the class


class StartedData(Out):
    """A run that goes on, and the sessions as they are meanwhile."""

    sessions = SessionOut(many=True, required=False, help_text="Not with `wait=false`.")
    run = RunOut()


class StartedAnswerOut(AnswerOut):
    """Sessions are being refreshed."""

    data = StartedData()  # type: ignore[assignment]  # DRF takes the fields out of the class


class SessionData(Out):
    """The session as it is now."""

    session = SessionOut()


class SessionAnswerOut(AnswerOut):
    """One session."""

    data = SessionData()  # type: ignore[assignment]  # DRF takes the fields out of the class
