"""How large a request's body may be: DATA_UPLOAD_MAX_MEMORY_SIZE, but where an app's `body_limits` say more."""

from collections.abc import Mapping
from functools import cache

from django.apps import apps
from django.conf import settings


@cache
def _stated() -> Mapping[str, int]:
    """Bytes by method and path without its last slash, as in `POST /webhooks/whatsapp`."""
    return {
        endpoint: limit
        for config in apps.get_app_configs()
        for endpoint, limit in getattr(config, "body_limits", {}).items()
    }


def most_bytes(method: str | None, path: str) -> int:
    """How many bytes the body of a request to this path may have."""
    return _stated().get(f"{method} {path.removesuffix('/')}", settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
