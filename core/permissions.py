"""Who may call a view, by kind of credentials."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from core.actor import Actor


class IsAuthenticated(BasePermission):
    """Any caller with valid credentials that the view accepts."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, Actor)
