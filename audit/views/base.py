"""Who may call, and how Swagger shows it."""

from typing import Any, Final

from accounts.authentication import BearerTokenAuthentication
from core.reading import ReadView

AUDIT: Final[dict[str, Any]] = {"tags": ["Audit"], "security": [{"Bearer": []}]}


class AuditView(ReadView):
    """For people who are logged in."""

    authentication_classes = [BearerTokenAuthentication]
