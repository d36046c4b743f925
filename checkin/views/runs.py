"""What was refreshed when, and what came of it."""

from typing import Any, Final

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from checkin.selectors import sessions
from checkin.serializers.base import CheckinErrorOut
from checkin.serializers.runs import HistoryAnswerOut, HistoryData, RunAnswerOut, RunData, RunsAnswerOut, RunsData
from checkin.views.base import CHECKOUT_KEY, REFUSALS, CheckinView, answer, email_in_path, email_parameter
from core.pages import page_of
from core.paths import id_in_path, id_parameter
from core.serializers import PageQuery

REFUSALS_OF_ONE: Final[dict[int, Any]] = {404: CheckinErrorOut, **REFUSALS}


class RunsView(CheckinView):
    """The refresh runs."""

    query_serializer_class = PageQuery

    @swagger_auto_schema(
        operation_id="checkin_refresh_runs",
        query_serializer=PageQuery,
        responses={200: RunsAnswerOut, **REFUSALS},
        **CHECKOUT_KEY,
    )
    def get(self, request: Request) -> Response:
        """List the refresh runs, the newest first, with how far each is."""
        page = page_of(sessions.runs(), **self.query)
        return answer("Refresh Runs", RunsData({"runs": page.rows, "total_count": page.total_count}).data)


class RunView(CheckinView):
    """One refresh run."""

    @swagger_auto_schema(
        operation_id="checkin_refresh_run",
        manual_parameters=[id_parameter("run_id")],
        responses={200: RunAnswerOut, **REFUSALS_OF_ONE},
        **CHECKOUT_KEY,
    )
    def get(self, request: Request, run_id: str) -> Response:
        """Tell how far a run is while it goes on, and what came of it afterwards."""
        run = sessions.run_by_id(id_in_path(run_id, name="run_id"))
        return answer("Refresh Run", RunData({"run": run}).data)


class SessionHistoryView(CheckinView):
    """What was tried with one session."""

    query_serializer_class = PageQuery

    @swagger_auto_schema(
        operation_id="checkin_session_history",
        manual_parameters=[email_parameter()],
        query_serializer=PageQuery,
        responses={200: HistoryAnswerOut, **REFUSALS_OF_ONE},
        **CHECKOUT_KEY,
    )
    def get(self, request: Request, email: str) -> Response:
        """List what was tried with a user's session, the newest first, as far back as CHECKIN_HISTORY_DAYS."""
        session = sessions.session_by_email(email_in_path(email))
        page = page_of(sessions.attempts_of(session), **self.query)
        data = {"email": session.email, "attempts": page.rows, "total_count": page.total_count}
        return answer("Session History", HistoryData(data).data)
