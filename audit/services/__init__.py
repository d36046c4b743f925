"""The audit log's services: writing to it, and the hash chain that shows whether somebody else did."""

from audit.services.writing import TOPIC, Changes, entry_of, record, record_many, recording

__all__ = ["TOPIC", "Changes", "entry_of", "record", "record_many", "recording"]
