"""Recording metrics: what happened in the platform, and what programs tell of; and making the sums of them anew."""

from analytics.services.recording import TOPIC, Measurement, record, record_many, record_measurements

__all__ = ["TOPIC", "Measurement", "record", "record_many", "record_measurements"]
