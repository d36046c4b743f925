"""The Django admin as an app."""

from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class SwitchboardAdminConfig(AdminConfig):
    """Makes our site the admin's."""

    default_site = "config.admin.SwitchboardAdminSite"

    def ready(self) -> None:
        """Find the apps' pages, and the outbox's: `core`, whose it is, knows no audit log to record it in."""
        super().ready()
        import_module("config.admin_outbox")
