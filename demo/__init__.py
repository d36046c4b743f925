"""The demonstration: its data (`manage.py seed_demo`) and a customer's program that uses it (`make demo`).

It stands above the apps and calls their services, as any other user of theirs would.
"""
