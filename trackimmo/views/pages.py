"""Answering with a part of a long list."""

from typing import Any

from rest_framework.response import Response

from core.pages import Page
from trackimmo.serializers.base import Out


def paged(page: Page[Any], out: type[Out]) -> Response:
    """The rows as a bare list; `X-Total-Count` says how many there are in all."""
    return Response(out(page.rows, many=True).data, headers={"X-Total-Count": str(page.total_count)})
