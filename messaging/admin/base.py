"""What messaging's admin pages have in common."""

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.contrib.auth import get_permission_codename
from django.http import HttpRequest

from config.admin_tables import CappedAdmin, ReadOnly
from core.errors import SwitchboardError

COLOURS: Final = {
    "executed": "success",
    "delivered": "success",
    "read": "success",
    "sent": "info",
    "published": "info",
    "unconfirmed": "warning",
    "failed": "danger",
}


class MessagingAdmin(ReadOnly, CappedAdmin):
    """For rows that messaging's services write. Its actions are for staff who may change such rows."""

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether the person may act on such rows; whoever may only look may not."""
        codename = get_permission_codename("change", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    def tell(self, request: HttpRequest, act: Callable[[], str]) -> None:
        """Do it and say what came of it, or why it cannot be done."""
        try:
            self.message_user(request, act(), messages.SUCCESS)
        except SwitchboardError as error:
            self.message_user(request, error.message, messages.ERROR)
