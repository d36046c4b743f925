"""Metrics of an organization: events as they happened, and sums of them by the quarter of an hour.

Public service: `analytics.services.record`, called in the transaction of what is counted.
"""
