"""The outside world: what publishers of open data say, as values of ours.

`GeoClient` asks about communes, `SalesFiles` gets files of sales. Whatever goes wrong is a SourceUnavailable that names
the host and never shows credentials; nothing here writes to the database. How they ask is the same for both: within a
deadline (`core.outgoing`), again where that makes sense (`asking`), and not at all for a while where it does not
(`breaking`).
"""

from core.outgoing import Deadline
from trackimmo.sources.downloading import SalesAnswer, Watch
from trackimmo.sources.geo import GeoClient
from trackimmo.sources.sales import SalesFiles

__all__ = ["Deadline", "GeoClient", "SalesAnswer", "SalesFiles", "Watch"]
