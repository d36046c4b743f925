"""The Django admin, in django-unfold's clothes, behind the same roles and scope as the API."""

from django.contrib.admin.apps import AdminConfig
from unfold.sites import UnfoldAdminSite


class SwitchboardAdminSite(UnfoldAdminSite):
    """The staff's site."""


class SwitchboardAdminConfig(AdminConfig):
    """Makes ours the default admin site."""

    default_site = "config.admin.SwitchboardAdminSite"
