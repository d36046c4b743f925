"""What operators and load balancers ask: `/livez`, `/readyz`, `/metrics` and `/`; heartbeats of worker and beat.

An app adds numbers to `/metrics` by a `gauges.py` with functions under `core.health.scraping.at_scrape`.
"""
