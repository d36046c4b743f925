"""Commands that Django has too, for users who belong to an organization."""
