"""The documented reads: the log, somebody's activity, an object's history."""

from datetime import timedelta
from typing import cast
from uuid import UUID

from django.utils import timezone
from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audit import selectors
from audit.serializers.answers import (
    OF_ACTIVITY,
    OF_HISTORY,
    OF_THE_LOG,
    ActivityOut,
    HistoryOut,
    LogsOut,
    shown,
)
from audit.serializers.queries import ActivityQuery, HistoryQuery, LogsQuery
from audit.views.base import AUDIT, AuditView
from core.reading import REFUSALS


class LogsView(AuditView):
    """The log."""

    query_serializer_class = LogsQuery

    @swagger_auto_schema(
        operation_id="audit_logs", query_serializer=LogsQuery, responses={200: LogsOut, **REFUSALS}, **AUDIT
    )
    def get(self, request: Request) -> Response:
        """List entries, the newest first. An admin sees the organization's, others their own."""
        found = selectors.page(**self.query, by=self.actor)
        data = shown(found.entries, OF_THE_LOG)
        return Response({"success": True, "count": len(data), "data": data, "next_cursor": found.next_cursor})


class UserActivityView(AuditView):
    """What somebody did lately."""

    query_serializer_class = ActivityQuery

    @swagger_auto_schema(
        operation_id="user_activity", query_serializer=ActivityQuery, responses={200: ActivityOut, **REFUSALS}, **AUDIT
    )
    def get(self, request: Request) -> Response:
        """List what a user did in the last days, the newest first. Another user's activity is for admins."""
        days, limit = self.query["days"], self.query["limit"]
        user_id = cast(UUID, self.query["user_id"] or self.actor.user_id)
        since = timezone.now() - timedelta(days=days)
        data = shown(selectors.activity_of(user_id, by=self.actor, since=since, limit=limit), OF_ACTIVITY)
        return Response({"success": True, "user_id": user_id, "days": days, "count": len(data), "data": data})


class ResourceHistoryView(AuditView):
    """What was done to an object."""

    query_serializer_class = HistoryQuery

    @swagger_auto_schema(
        operation_id="resource_history", query_serializer=HistoryQuery, responses={200: HistoryOut, **REFUSALS}, **AUDIT
    )
    def get(self, request: Request) -> Response:
        """List what was done to an object: the last of it, oldest first. Who is no admin sees what he did himself."""
        data = shown(selectors.history(**self.query, by=self.actor), OF_HISTORY)
        body = {"success": True, "resource_id": self.query["resource_id"], "count": len(data), "data": data}
        return Response(body)
