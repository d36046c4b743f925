"""What can be done with contacts, conversations, messages and campaigns."""
