"""What metrics add up to."""

from analytics.selectors.series import Totals, daily, hourly, totals_of

__all__ = ["Totals", "daily", "hourly", "totals_of"]
