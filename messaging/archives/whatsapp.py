"""What WhatsApp's "Export chat" writes, on iPhones and on Android."""

import re
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Final

from messaging.archives.entries import Entry, Read, Skipped, SkipReason, fitting
from messaging.archives.errors import UnreadableArchive
from messaging.archives.opening import Taken, lines_of
from messaging.archives.stamps import DIRECTION, DateOrder, Stamped, moment_of, orders_of, stamped
from messaging.documents import MessageType

LEFT_OUT: Final = re.compile(r"<?(image|photo|video|gif|audio|sticker|document|contact card|media) omitted>?", re.I)
ATTACHED: Final = re.compile(r"(?:<attached: (?P<ios>[^>]+)>|(?P<android>\S.*\.\w{2,4}) \(file attached\))", re.I)
NAME: Final = re.compile(r"([^:]{1,255}): ?(.*)", re.DOTALL)
# fmt: off
OMITTED: Final[dict[str, MessageType]] = {
    "image": "image", "photo": "image", "video": "video", "gif": "video", "audio": "audio", "sticker": "sticker",
    "document": "document", "contact card": "contacts", "media": "unsupported",
}
ENDINGS: Final[dict[str, MessageType]] = {
    "jpg": "image", "jpeg": "image", "png": "image", "gif": "image", "heic": "image", "webp": "sticker",
    "mp4": "video", "mov": "video", "3gp": "video", "opus": "audio", "ogg": "audio", "mp3": "audio", "m4a": "audio",
    "aac": "audio", "vcf": "contacts",
}
# fmt: on
TITLE: Final = re.compile(r"^(whatsapp chat (with|-) )?(.*?)(\.txt|\.zip|\.gz)*$", re.I)
GROUP: Final = "everybody"


def whatsapp_entries(path: Path, *, zone: tzinfo, order: DateOrder | None, taken: Taken) -> Iterator[Read]:
    """The messages of the chat, which is one conversation. The file is read twice: its first half tells who and how.

    Raises UnreadableArchive, also where its dates do not tell days from months and no order is given.
    """
    order, people = _surveyed(path, zone, order)
    title = TITLE.match(path.name)
    conversation = title[3] if title else path.name
    with lines_of(path, taken) as lines:
        for number, one, rest in _blocks(lines):
            yield _read(number, one, rest, conversation=conversation, people=people, order=order, zone=zone)


def _surveyed(path: Path, zone: tzinfo, order: DateOrder | None) -> tuple[DateOrder, list[str]]:
    """The order of its dates, and who writes; nobody where there are more than two."""
    people: dict[str, None] = {}

    def stamps() -> Iterator[Stamped]:
        with lines_of(path) as lines:
            for line in lines:
                if one := stamped(line):
                    if (said := NAME.match(DIRECTION.sub("", one.rest))) and len(people) < 3:
                        people[said[1].strip()] = None
                    yield one

    orders = orders_of(stamps(), zone)
    if order is None and len(orders) != 1:
        problem = "its dates do not tell which number is the day: give --date-order" if orders else "no date is one"
        raise UnreadableArchive(path.name, problem)
    return order or orders[0], list(people) if len(people) == 2 else []


def _blocks(lines: Iterator[str]) -> Iterator[tuple[int, Stamped | None, str]]:
    """Each message with the lines that it has: its first line's number, what began it, and its text."""
    start, begun, text = 0, None, list[str]()
    for number, line in enumerate(lines, 1):
        one = stamped(line)
        if one is None and begun is not None:
            text.append(line)
            continue
        if begun is not None:
            yield start, begun, "\n".join(text)
        if one is None:
            if line.strip():
                yield number, None, line
            continue
        start, begun, text = number, one, [one.rest]
    if begun is not None:
        yield start, begun, "\n".join(text)


def _read(
    number: int,
    one: Stamped | None,
    text: str,
    *,
    conversation: str,
    people: list[str],
    order: DateOrder,
    zone: tzinfo,
) -> Read:
    if one is None:
        return Skipped(number, SkipReason.STRAY)
    at = moment_of(one, order, zone)
    if at is None:
        return Skipped(number, SkipReason.TIME)
    said = NAME.match(text)
    if said is None:
        return Skipped(number, SkipReason.SYSTEM)
    sender, raw = DIRECTION.sub("", said[1]).strip(), said[2]
    content = DIRECTION.sub("", raw).strip()
    kind, content = _media(content)
    if kind == "text" and raw.startswith("\u200e"):
        return Skipped(number, SkipReason.SYSTEM)  # so does WhatsApp mark what nobody wrote
    receiver = next((name for name in people if name != sender), GROUP)
    return fitting(
        Entry(
            line=number,
            conversation=conversation,
            sender=sender,
            receiver=receiver,
            content=content,
            at=at,
            type=kind,
            correspondent=conversation if conversation in people else None,
        )
    )


def _media(content: str) -> tuple[MessageType, str]:
    """What kind of message it is, and what is written in it: for a file its name, and what was written below."""
    if left_out := LEFT_OUT.fullmatch(content):
        return OMITTED[left_out[1].lower()], content
    if attached := ATTACHED.match(content):
        name = attached["ios"] or attached["android"]
        below = content[attached.end() :].strip()
        return ENDINGS.get(name.rpartition(".")[2].lower(), "document"), f"{name}\n{below}".strip()
    return "text", content
