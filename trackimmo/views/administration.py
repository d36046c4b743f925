"""The whole in numbers, and what administrators try out on a client."""

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.paths import id_in_path, id_parameter
from core.serializers import ErrorOut
from trackimmo import selectors, services
from trackimmo.selectors.eligibility import today_in_paris
from trackimmo.serializers.administration import ResetOut, StatisticsOut, TrialIn, TrialOut
from trackimmo.serializers.base import NothingIn
from trackimmo.serializers.explanation import DryRunOut, DryRunQuery
from trackimmo.views.base import ADMIN_KEY, REFUSALS, AdminKeyView


class StatisticsView(AdminKeyView):
    """The organization in numbers."""

    @swagger_auto_schema(operation_id="stats", responses={200: StatisticsOut, **REFUSALS}, **ADMIN_KEY)
    def get(self, request: Request) -> Response:
        """Count clients, properties, assignments and jobs."""
        return Response(StatisticsOut(selectors.statistics()).data)


class TrialView(AdminKeyView):
    """Trying the assignment out."""

    noindex = True

    @swagger_auto_schema(
        operation_id="test_client_processing",
        request_body=TrialIn,
        responses={200: TrialOut, 404: ErrorOut, 409: ErrorOut, **REFUSALS},
        **ADMIN_KEY,
    )
    def post(self, request: Request) -> Response:
        """Assign properties to an active or test client at once, without fetching any, and notify him."""
        trial = services.process_at_once(**self.parse(TrialIn))
        assigned = len(trial.properties)
        answer = {
            "success": True,
            "client_id": trial.client.pk,
            "properties_assigned": assigned,
            "email_sent": trial.email_sent,
            "properties": trial.properties,
            "message": f"Assigned {assigned} properties to {trial.client.full_name}",
        }
        return Response(TrialOut(answer).data)


class ResetView(AdminKeyView):
    """Starting over with a client."""

    @swagger_auto_schema(
        manual_parameters=[id_parameter("client_id")],
        responses={200: ResetOut, 404: ErrorOut, 409: ErrorOut, **REFUSALS},
        **ADMIN_KEY,
    )
    def post(self, request: Request, client_id: str) -> Response:
        """Take back everything that a client was given."""
        self.parse(NothingIn)
        deleted = services.reset_assignments(client_id=id_in_path(client_id, name="client_id"))
        return Response(
            {
                "success": True,
                "deleted_assignments": deleted,
                "message": f"Reset {deleted} assignments for client",
            }
        )


class DryRunView(AdminKeyView):
    """Explaining a draw."""

    query_serializer_class = DryRunQuery
    noindex = True

    @swagger_auto_schema(
        manual_parameters=[id_parameter("client_id")],
        query_serializer=DryRunQuery,
        responses={200: DryRunOut, 404: ErrorOut, **REFUSALS},
        **ADMIN_KEY,
    )
    def get(self, request: Request, client_id: str) -> Response:
        """Tell what a client would be given now, why, and why nothing else; nothing is assigned."""
        explanation = selectors.explain_draw(
            id_in_path(client_id, name="client_id"),
            today=self.query.get("date", today_in_paris()),
            count=self.query.get("count"),
            seed=self.query.get("seed"),
        )
        return Response(DryRunOut(explanation).data)
