"""What can be asked of contacts, conversations, messages and campaigns."""
