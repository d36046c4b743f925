"""How we stand with the upstream, told without asking it."""

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from checkin.selectors.sessions import listed_sessions_with_tokens
from checkin.selectors.standing import state
from checkin.serializers.connection import StateAnswerOut, StateData, StatusAnswerOut, StatusData
from checkin.views.base import CHECKOUT_KEY, REFUSALS, CheckinView, answer


class StatusView(CheckinView):
    """The connection."""

    @swagger_auto_schema(operation_id="checkin_status", responses={200: StatusAnswerOut, **REFUSALS}, **CHECKOUT_KEY)
    def get(self, request: Request) -> Response:
        """Tell what the last check of the connection found. Beat has one made every CHECKIN_CHECK_SECONDS."""
        return answer("API Status", StatusData(state()).data)


class StateView(CheckinView):
    """Everything that is stored."""

    @swagger_auto_schema(operation_id="checkin_state", responses={200: StateAnswerOut, **REFUSALS}, **CHECKOUT_KEY)
    def get(self, request: Request) -> Response:
        """Tell the connection, when what was last done, and how each user's session is."""
        known = state()
        stored = {
            "last_users_fetch": known.last_users_fetch,
            "last_all_session_refresh": known.last_all_session_refresh,
            "last_individual_session_refresh": known.last_individual_session_refresh,
            "autoCheckinUsers": listed_sessions_with_tokens(),
        }
        return answer("Global State", StateData({"connected": known.connected, "stored_data": stored}).data)
