"""The upstream's users."""

from typing import Final

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from checkin import services
from checkin.serializers.base import CheckinErrorOut
from checkin.serializers.users import FetchAnswerOut, FetchData
from checkin.views.base import CHECKOUT_KEY, REFUSALS, CheckinView, answer
from core.serializers import StrictSerializer

RESPONSES: Final = {200: FetchAnswerOut, 503: CheckinErrorOut, **REFUSALS}


class FetchUsersView(CheckinView):
    """Taking the upstream's list of users over."""

    @swagger_auto_schema(operation_id="checkin_fetch_users", responses=RESPONSES, **CHECKOUT_KEY)
    def get(self, request: Request) -> Response:
        """Fetch the upstream's users now: new ones are taken up, and those who are gone are not refreshed any more."""
        return _fetch()

    @swagger_auto_schema(operation_id="checkin_fetch_users_post", responses=RESPONSES, **CHECKOUT_KEY)
    def post(self, request: Request) -> Response:
        """The same, for programs that send a POST."""
        self.parse(StrictSerializer)
        return _fetch()


def _fetch() -> Response:
    return answer("User fetch completed", FetchData(services.fetch_users()).data)
