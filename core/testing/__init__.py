"""Helpers for the tests of every app. Never imported by the platform itself."""
