"""Parsing what is asked of metrics, and writing what is answered."""
