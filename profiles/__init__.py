"""A log of browser profiles that got logged out."""
