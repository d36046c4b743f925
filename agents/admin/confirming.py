"""Asking before what cannot be taken back."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar

from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from agents.services.bulk import MOST
from config.admin_tables import AtLeast

NAMED: Final = 20
PageT = TypeVar("PageT", bound="ModelAdmin[Any]")
RowT = TypeVar("RowT", bound=Model)


def asked_before(
    warning: str,
) -> Callable[
    [Callable[[PageT, HttpRequest, QuerySet[RowT]], None]],
    Callable[[PageT, HttpRequest, QuerySet[RowT]], HttpResponse | None],
]:
    """An action that a page asks about first: how many rows, the first of them, and `warning` of what will be."""

    def asking(
        act: Callable[[PageT, HttpRequest, QuerySet[RowT]], None],
    ) -> Callable[[PageT, HttpRequest, QuerySet[RowT]], HttpResponse | None]:
        @wraps(act)
        def ask(page: PageT, request: HttpRequest, rows: QuerySet[RowT]) -> HttpResponse | None:
            if request.POST.get("confirmed") != "yes":
                return _question(page, request, rows, action=act.__name__, warning=warning)
            act(page, request, rows)
            return None

        return ask

    return asking


def _question(
    page: "ModelAdmin[Any]", request: HttpRequest, rows: QuerySet[Any], *, action: str, warning: str
) -> HttpResponse:
    counted = rows.order_by()[: MOST + 1].count()
    number = counted if counted <= MOST else AtLeast(MOST)
    named = list(rows[:NAMED])
    words = dict(page.get_action_choices(request, []))[action]
    return TemplateResponse(
        request,
        "agents/admin/confirm_action.html",
        {
            **page.admin_site.each_context(request),
            "title": f"{words}: {number}",
            "subtitle": None,
            "opts": page.opts,
            "media": page.media,
            "warning": warning,
            "rows": named,
            "more": "" if counted <= len(named) else AtLeast(number - NAMED) if counted > MOST else counted - NAMED,
            "action": action,
            "all_ticked": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "select_across": request.POST.get("select_across", "0"),
        },
    )
