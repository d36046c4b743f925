"""What the Django admin looks like, for django-unfold."""

from typing import Any, Final

from django.templatetags.static import static

UNFOLD: Final[dict[str, Any]] = {
    "SITE_TITLE": "Switchboard",
    "SITE_HEADER": "Switchboard",
    "SITE_SUBHEADER": "All times are UTC",
    "SITE_URL": "/",
    "SITE_SYMBOL": "switch_access_shortcut",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _: static("core/favicon.svg")},
    ],
    "LOGIN": {"form": "accounts.forms.LoginForm"},
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
}
