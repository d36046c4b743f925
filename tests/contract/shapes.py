"""Whether an answer has what a documented one has: the same keys, and values of the same kind."""

import re
from typing import Any

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
MICROSECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")
HOUR = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
# Nothing is known of what may stand where the document has these.
UNKNOWN = (None, {}, [])


def differences(documented: Any, answered: Any, *, at: str = "body", additions: bool = True) -> list[str]:
    """Where `answered` is not what `documented` promises, in words; nothing if it is. `additions` are further keys."""
    if documented in UNKNOWN:
        return []
    if isinstance(documented, dict):
        return _of_objects(documented, answered, at, additions=additions)
    if isinstance(documented, list):
        if not isinstance(answered, list) or not answered:
            return [f"{at}: {answered!r} is no list with something in it"]
        return [
            difference
            for number, item in enumerate(answered)
            for difference in differences(documented[0], item, at=f"{at}[{number}]", additions=additions)
        ]
    if isinstance(documented, str):
        return _of_texts(documented, answered, at)
    return [] if type(answered) is type(documented) else [f"{at}: {answered!r} is not of the kind of {documented!r}"]


def _of_objects(documented: dict[str, Any], answered: Any, at: str, *, additions: bool) -> list[str]:
    if not isinstance(answered, dict):
        return [f"{at}: {answered!r} is no object"]
    found = [f"{at}.{key}: missing" for key in documented if key not in answered]
    if not additions:
        found += [f"{at}.{key}: not documented" for key in answered if key not in documented]
    for key in documented.keys() & answered.keys():
        found += differences(documented[key], answered[key], at=f"{at}.{key}", additions=additions)
    return found


def _of_texts(documented: str, answered: Any, at: str) -> list[str]:
    if not isinstance(answered, str):
        return [f"{at}: {answered!r} is no text"]
    for pattern, is_meant in ((UUID, "-uuid" in documented), (TIME, False), (MICROSECOND, False), (HOUR, False)):
        if is_meant or pattern.fullmatch(documented):
            return [] if pattern.fullmatch(answered) else [f"{at}: {answered!r} is not written like {documented!r}"]
    if DATE.fullmatch(documented) and not DATE.fullmatch(answered):
        return [f"{at}: {answered!r} is no date"]
    if at.endswith(("message", "detail", ".status", ".service", ".version")) and answered != documented:
        return [f"{at}: {answered!r}, documented is {documented!r}"]
    return []
