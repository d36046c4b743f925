"""Browser profiles, when each was logged out, and how often that was."""

from profiles.models.browser_profile import BrowserProfile
from profiles.models.logged_out_profile import LoggedOutProfile
from profiles.models.segments import Block, DayCount, ProfileCount, Segment, Tally

__all__ = ["Block", "BrowserProfile", "DayCount", "LoggedOutProfile", "ProfileCount", "Segment", "Tally"]
