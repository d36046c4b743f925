"""What a message says, in words that people read and find, whatever type it is of."""

from collections.abc import Callable, Mapping
from typing import Final

from messaging.documents import MessageType
from messaging.whatsapp.reading import Node

# Where Meta tells, to whoever has the number's token, from where the file can be loaded for five minutes.
MEDIA: Final = "https://graph.facebook.com/"
Words = tuple[str, str | None]


def contents_of(message: Node) -> tuple[MessageType, str, str | None]:
    """Type, text and address of the file. A type that is not known yet is `unsupported`. Raises Invalid."""
    kind = message.text("type")
    read = READERS.get(kind)
    if read is None:
        return "unsupported", _unsupported(message, kind), None
    stored_as, reader = read
    content, media_url = reader(message)
    return stored_as, content, media_url


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _text(message: Node) -> Words:
    return message.object("text").text("body"), None


def _media(message: Node) -> Words:
    file = message.object(message.text("type"))
    return _lines(file.text_or_none("caption"), file.text_or_none("filename")), MEDIA + file.text("id")


def _location(message: Node) -> Words:
    place = message.object("location")
    latitude, longitude = place.number_or_none("latitude"), place.number_or_none("longitude")
    where = "" if latitude is None or longitude is None else f"{latitude}, {longitude}"
    return _lines(place.text_or_none("name"), place.text_or_none("address"), where, place.text_or_none("url")), None


def _contacts(message: Node) -> Words:
    return _lines(*(_card(one) for one in message.objects("contacts"))), None


def _card(one: Node) -> str:
    name = one.object_or_none("name").text_or_none("formatted_name")
    phones = [phone.text_or_none("phone") for phone in one.objects_or_none("phones")]
    emails = [email.text_or_none("email") for email in one.objects_or_none("emails")]
    return " ".join(part for part in (name, *phones, *emails) if part)


def _button(message: Node) -> Words:
    button = message.object("button")
    return button.text_or_none("text") or button.text_or_none("payload"), None


def _interactive(message: Node) -> Words:
    chosen = message.object("interactive")
    for name in ("button_reply", "list_reply"):
        if chosen.has(name):
            reply = chosen.object(name)
            return _lines(reply.text_or_none("title"), reply.text_or_none("description")), None
    return chosen.object_or_none("nfm_reply").text_or_none("body"), None


def _reaction(message: Node) -> Words:
    """The emoji; nothing where somebody took his back."""
    return message.object("reaction").text_or_none("emoji"), None


def _order(message: Node) -> Words:
    order = message.object("order")
    return _lines(order.text_or_none("text"), *(_item(one) for one in order.objects_or_none("product_items"))), None


def _item(one: Node) -> str:
    quantity, price = one.number_or_none("quantity"), one.number_or_none("item_price")
    costs = "" if price is None else f"{price:g} {one.text_or_none('currency')}".strip()
    named = one.text_or_none("product_retailer_id")
    return " ".join(part for part in (f"{quantity:g} x" if quantity is not None else "", named, costs) if part)


def _system(message: Node) -> Words:
    return message.object("system").text_or_none("body"), None


def _unsupported(message: Node, kind: str) -> str:
    """What Meta says of it, or what it calls it."""
    told = [
        _lines(one.text_or_none("title"), one.object_or_none("error_data").text_or_none("details"))
        for one in message.objects_or_none("errors")
    ]
    if kind in {"unsupported", "unknown"}:
        return _lines(*told)
    return _lines(f"A message of the type {kind[:80]}.", *told)


READERS: Final[Mapping[str, tuple[MessageType, Callable[[Node], Words]]]] = {
    "text": ("text", _text),
    "image": ("image", _media),
    "audio": ("audio", _media),
    "voice": ("audio", _media),
    "video": ("video", _media),
    "document": ("document", _media),
    "sticker": ("sticker", _media),
    "location": ("location", _location),
    "contacts": ("contacts", _contacts),
    "button": ("button", _button),
    "interactive": ("interactive", _interactive),
    "reaction": ("reaction", _reaction),
    "order": ("order", _order),
    "system": ("system", _system),
}
