"""A stand-in of the upstream that check-in keeps sessions alive with: its API, its page, and whatever may go wrong.

`server.Upstream` runs it; `control.UpstreamControl` tells it what to do and asks what it saw. It is a protocol on
asyncio's own transports and not an application of an ASGI server, because those finish what they begin: here headers
come without a body, bodies end in the middle, and connections break.
"""
