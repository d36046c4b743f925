"""Retries by clients: a POST with an `Idempotency-Key` is carried out once, its answer repeated for 24 hours.

The record, the effect and the answer are one transaction: a crash leaves all of them or none, and a twin that arrives
meanwhile waits on the unique key for the first one's answer.
"""
