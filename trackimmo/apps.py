"""The TrackImmo app."""

from django.apps import AppConfig


class TrackimmoConfig(AppConfig):
    """Past property sales, assigned to real-estate clients on a schedule."""

    name = "trackimmo"
    verbose_name = "TrackImmo"
