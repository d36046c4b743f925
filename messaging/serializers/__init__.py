"""What messaging takes and answers."""
