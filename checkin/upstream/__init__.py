"""The upstream: its API, and the page that keeps a session alive. Nothing here knows our tables.

`UpstreamApi` (synchronous) lists users, tells of rotated tokens and logs; `PageClient` (asynchronous) refreshes
sessions, never more at once than the upstream's host is given by all our processes together. No token and no key is in
any message, `repr` or log line.
"""

from checkin.upstream.answers import Answer, Verdict
from checkin.upstream.api import UpstreamApi
from checkin.upstream.listing import ListedUser, Listing
from checkin.upstream.refreshing import OTHER_USER, Keep, PageClient

__all__ = ["OTHER_USER", "Answer", "Keep", "ListedUser", "Listing", "PageClient", "UpstreamApi", "Verdict"]
