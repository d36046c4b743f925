"""The audit log's services: writing to it, and the hash chain that shows whether somebody else did."""

from audit.services.writing import TOPIC, entry_of, record, record_many, recording

__all__ = ["TOPIC", "entry_of", "record", "record_many", "recording"]
