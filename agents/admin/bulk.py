"""Acting on the rows that somebody has ticked, as the API's bulk actions do, and telling what came of it."""

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest

from agents.admin.base import reasons_of
from agents.services.bulk import MOST, BulkResult, Choice
from core.errors import SwitchboardError

REASONS_TOLD: Final = 3


def chosen(rows: QuerySet[Any]) -> Choice:
    """Those rows: as many as a bulk action takes, and one more, which it refuses."""
    return Choice(ids=list(rows.order_by("pk").values_list("pk", flat=True)[: MOST + 1]))


def tell_result(page: "ModelAdmin[Any]", request: HttpRequest, act: Callable[[], BulkResult]) -> BulkResult | None:
    """Act, and say how many were done, and why the others were not. None if all were refused together."""
    try:
        result = act()
    except SwitchboardError as error:
        page.message_user(request, reasons_of(error), messages.ERROR)
        return None
    counts = {
        "done": result.count("done"),
        "as it should be already": result.count("unchanged"),
        "refused": result.count("failed"),
    }
    words = ", ".join(f"{number:,} {name}" for name, number in counts.items() if number)
    reasons = Counter(reasons_of(one.refused) for one in result.results if one.refused)
    told = "".join(f" {number:,}: {reason}" for reason, number in reasons.most_common(REASONS_TOLD))
    page.message_user(request, f"{words}.{told}", messages.WARNING if told else messages.SUCCESS)
    return result
