"""The documented reads: everybody of an organization may."""

from dataclasses import asdict
from typing import Any, Final

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import BearerTokenAuthentication
from analytics import metrics, selectors
from analytics.serializers.metrics import MetricsOut
from analytics.serializers.series import DailyQuery, HourlyQuery, series
from analytics.serializers.series_out import DailyOut, HourlyOut
from core.reading import REFUSALS, ReadView

DAY: Final = ("date", "total", "count", "average")
HOUR: Final = ("hour", "total")
TAGGED: Final[dict[str, Any]] = {"tags": ["Analytics"], "security": [{"Bearer": []}]}


class AnalyticsReadView(ReadView):
    """For people, whatever their role."""

    authentication_classes = [BearerTokenAuthentication]

    def periods(self) -> int:
        """How many are read: with `compare` the one before, too."""
        return 2 if self.query["compare"] else 1


class DailyView(AnalyticsReadView):
    """By day."""

    query_serializer_class = DailyQuery

    @swagger_auto_schema(
        operation_id="analytics_daily",
        query_serializer=DailyQuery,
        responses={200: DailyOut, **REFUSALS},
        **TAGGED,
    )
    def get(self, request: Request) -> Response:
        """Sum up a metric for each of the last days, today included."""
        metric, days, zone = (self.query[name] for name in ("metric_type", "days", "tz"))
        rows = selectors.daily(metric=metric, days=days * self.periods(), zone=zone)
        found = series(rows, shown=DAY, query=self.query, number=days)
        return Response({"success": True, "metric_type": metric, "period": f"last_{days}_days", **found})


class HourlyView(AnalyticsReadView):
    """By hour."""

    query_serializer_class = HourlyQuery

    @swagger_auto_schema(
        operation_id="analytics_hourly",
        query_serializer=HourlyQuery,
        responses={200: HourlyOut, **REFUSALS},
        **TAGGED,
    )
    def get(self, request: Request) -> Response:
        """Sum up a metric for each of the last hours, the current one included."""
        metric, hours, zone = (self.query[name] for name in ("metric_type", "hours", "tz"))
        rows = selectors.hourly(metric=metric, hours=hours * self.periods(), zone=zone)
        found = series(rows, shown=HOUR, query=self.query, number=hours)
        return Response({"success": True, "metric_type": metric, "period": f"last_{hours}_hours", **found})


class MetricsView(AnalyticsReadView):
    """The metrics."""

    @swagger_auto_schema(operation_id="analytics_metrics", responses={200: MetricsOut, **REFUSALS}, **TAGGED)
    def get(self, request: Request) -> Response:
        """List the metrics that there are."""
        data = [asdict(metric) for metric in metrics.ALL]
        return Response({"success": True, "count": len(data), "data": data})
