"""Where in the admin the objects are that entries name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.contrib.admin import AdminSite
from django.core.exceptions import ValidationError
from django.db.models import Field
from django.http import HttpRequest
from django.urls import reverse

from config.admin_history import AuditHistory

Object = tuple[str, str]
"""What the log calls it, and its id there."""


def paths_of(objects: Iterable[Object], *, site: AdminSite, request: HttpRequest) -> Mapping[Object, str]:
    """The page of each of these objects that has one, still exists, and may be seen by who asks.

    A query for each kind of objects, however many there are.
    """
    asked: dict[str, set[str]] = defaultdict(set)
    for kind, object_id in objects:
        asked[kind].add(object_id)
    found: dict[Object, str] = {}
    for page in site._registry.values():
        if not isinstance(page, AuditHistory):
            continue
        ids = asked.get(page.audited_type)
        if ids and page.has_view_permission(request):
            found |= _found(page, ids, request)
    return found


def _found(page: AuditHistory, ids: Iterable[str], request: HttpRequest) -> Mapping[Object, str]:
    meta = page.opts
    column = meta.pk if page.audited_by == "pk" else meta.get_field(page.audited_by)
    wanted = [one for one in ids if _could_be(column, one)]
    rows = page.get_queryset(request).filter(**{f"{page.audited_by}__in": wanted}).order_by()
    return {
        (page.audited_type, str(named)): reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[pk])
        for named, pk in rows.values_list(page.audited_by, "pk")
    }


def _could_be(column: "Field[object, object]", text: str) -> bool:
    """Whether such a column could have this value: of what it could not, the database must not be asked."""
    try:
        column.clean(text, None)
    except ValidationError:
        return False
    return True
