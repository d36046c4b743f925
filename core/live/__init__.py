"""Live events: what happens in an organization reaches whoever watches, at once.

A service calls `announce` in its transaction; after the commit the event goes through Redis to every `live` process,
and from there to the open streams of that organization. Nothing is kept: whoever was not watching reads the API.
"""

from core.live.announcing import announce, announce_many, announce_statement

__all__ = ["announce", "announce_many", "announce_statement"]
