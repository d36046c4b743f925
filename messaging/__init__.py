"""WhatsApp: contacts, conversations, their messages, campaigns, and the search in all that was written.

Messages are kept in MongoDB, everything else in PostgreSQL.
"""
