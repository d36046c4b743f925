"""What the page says: who is logged in, if anybody.

lxml, because its parser gives up on depth and takes whatever is no HTML; one that builds the tree of the HTML standard
is quadratic in the depth of unclosed tags, and a megabyte of them holds it for a minute.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Any, Final

from lxml import etree

CHECK_IN_TITLE: Final = "Check-In"
LOGIN_TITLE: Final = "Please log in to continue..."
NAME_CLASS: Final = "side-menu-name"


class PageKind(Enum):
    """Which of the pages that we know it is, for a user."""

    CHECKED_IN = "checked in"
    LOGIN_NEEDED = "login needed"
    OTHER_USER = "other user"
    UNKNOWN = "unknown"


def read_page(body: bytes, *, email: str, charset: str | None = None) -> PageKind:
    """The kind of the page for the user with this e-mail address. Whatever it cannot read is UNKNOWN."""
    root = _tree(body, charset or "utf-8")
    if root is None:
        return PageKind.UNKNOWN
    title = next(_texts(root.iterfind("head/title")), None) or next(_texts(root.iter("title")), None)
    if title == LOGIN_TITLE:
        return PageKind.LOGIN_NEEDED
    if title != CHECK_IN_TITLE:
        return PageKind.UNKNOWN
    names = set(_texts(one for one in root.iter("span") if NAME_CLASS in (one.get("class") or "").split()))
    names.discard("")
    if not names:
        return PageKind.UNKNOWN
    return PageKind.CHECKED_IN if {name.casefold() for name in names} == {email.casefold()} else PageKind.OTHER_USER


def _tree(body: bytes, charset: str) -> Any:  # noqa: ANN401 -- lxml has no types
    try:
        text = body.decode(charset, errors="replace")
    except (LookupError, ValueError):  # no such encoding, or one that is none of text
        text = body.decode(errors="replace")
    # The parser knows UTF-8 by name; what a page's own <meta> says of its encoding has been seen to.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(text.encode(errors="replace"), parser)
    except etree.LxmlError:
        return None


def _texts(elements: Any) -> Iterator[str]:  # noqa: ANN401 -- lxml has no types
    """What people read in each, with its white space made even."""
    return (" ".join("".join(element.itertext()).split()) for element in elements)
