"""Refreshing sessions."""

from typing import Final

from drf_yasg.utils import swagger_auto_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from checkin import services
from checkin.errors import Busy
from checkin.models import RefreshRun, RunKind, SessionStatus
from checkin.selectors.sessions import listed_sessions
from checkin.serializers.base import CheckinErrorOut
from checkin.serializers.runs import RunData
from checkin.serializers.sessions import (
    RefreshQuery,
    SessionAnswerOut,
    SessionData,
    SessionsAnswerOut,
    SessionsData,
    StartedAnswerOut,
)
from checkin.views.base import CHECKOUT_KEY, REFUSALS, CheckinView, answer, email_in_path, email_parameter
from core.places import Places
from core.serializers import StrictSerializer

# Of the eight threads that a web process has: an upstream that hangs must not hold them all.
WAITING: Final = Places(3)
ALL_NORMAL: Final = "Checkin sessions refreshed successfully"
NONE_REFRESHED: Final = "No checkin session was refreshed"
ALL_STARTED: Final = "Checkin sessions are being refreshed"
ONE: Final = {
    SessionStatus.NORMAL: "Checkin session refreshed successfully",
    SessionStatus.EXPIRED: "Checkin session has expired: its user has to log in again",
    SessionStatus.FAILED: "Checkin session could not be refreshed",
}


class RefreshView(CheckinView):
    """All sessions."""

    query_serializer_class = RefreshQuery
    described = {
        "query_serializer": RefreshQuery,
        "responses": {200: SessionsAnswerOut, 202: StartedAnswerOut, **REFUSALS},
        **CHECKOUT_KEY,
    }

    @swagger_auto_schema(operation_id="checkin_refresh", **described)
    def get(self, request: Request) -> Response:
        """Refresh every session and tell how each is; what takes longer than 25 s goes on, and is 202."""
        return self._refresh()

    @swagger_auto_schema(operation_id="checkin_refresh_post", **described)
    def post(self, request: Request) -> Response:
        """The same, for programs that send a POST."""
        self.parse(StrictSerializer)
        return self._refresh()

    def _refresh(self) -> Response:
        with WAITING.taken() as may_wait:
            if self.query["wait"] and may_wait:
                return self._refresh_all()
        run = services.start_refresh(RunKind.ALL)
        return answer(ALL_STARTED, RunData({"run": run}).data, code=status.HTTP_202_ACCEPTED)

    def _refresh_all(self) -> Response:
        run = services.refresh_all()
        data = SessionsData({"sessions": listed_sessions(), "run": run}).data
        if run.finished_at is None:
            return answer(ALL_STARTED, data, code=status.HTTP_202_ACCEPTED)
        return answer(_outcome(run), data)


def _outcome(run: RefreshRun) -> str:
    """In a sentence; the documented one only if every session that was refreshed is normal."""
    if run.expired or run.failed:
        return f"Checkin sessions refreshed: {run.normal} normal, {run.expired} expired, {run.failed} failed"
    return ALL_NORMAL if run.normal else NONE_REFRESHED


class RefreshSessionView(CheckinView):
    """One user's session."""

    described = {
        "manual_parameters": [email_parameter()],
        "responses": {200: SessionAnswerOut, 404: CheckinErrorOut, 503: CheckinErrorOut, **REFUSALS},
        **CHECKOUT_KEY,
    }

    @swagger_auto_schema(operation_id="checkin_refresh_session", **described)
    def get(self, request: Request, email: str) -> Response:
        """Refresh one session and tell how it is. The case of the address does not matter."""
        return self._refresh(email)

    @swagger_auto_schema(operation_id="checkin_refresh_session_post", **described)
    def post(self, request: Request, email: str) -> Response:
        """The same, for programs that send a POST."""
        self.parse(StrictSerializer)
        return self._refresh(email)

    def _refresh(self, email: str) -> Response:
        with WAITING.taken() as may_wait:
            if not may_wait:
                raise Busy
            session = services.refresh_one(email=email_in_path(email))
        status_found = SessionStatus(session.status or SessionStatus.FAILED)
        return answer(ONE[status_found], SessionData({"session": session}).data)
