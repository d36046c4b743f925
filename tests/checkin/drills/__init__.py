"""Check-in with real processes, against an upstream that misbehaves. `test_drill.py` grows with DRILL_REFRESHES."""
