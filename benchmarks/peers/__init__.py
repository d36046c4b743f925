"""Other people's usual way of doing what Switchboard does, to be measured beside it. Never run in production."""
