"""Keeps users' check-in sessions with an upstream service alive."""
