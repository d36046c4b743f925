"""The Django admin as an app."""

from django.contrib.admin.apps import AdminConfig


class SwitchboardAdminConfig(AdminConfig):
    """Makes our site the admin's."""

    default_site = "config.admin.SwitchboardAdminSite"
