"""The audit log: who did what to which object, kept in MongoDB.

Public service: `audit.services.record`, called in the transaction that does the thing it records. Public selector:
`audit.selectors.history_of`, what was done to one object.
"""
