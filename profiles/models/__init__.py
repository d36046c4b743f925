"""Browser profiles, and when each was logged out."""

from profiles.models.browser_profile import BrowserProfile
from profiles.models.logged_out_profile import LoggedOutProfile

__all__ = ["BrowserProfile", "LoggedOutProfile"]
