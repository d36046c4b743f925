"""`.data/stack.env`: how a command in a second terminal finds the running stack."""

import re
from collections.abc import Mapping
from pathlib import Path


class SettingsFile:
    """`KEY=value` lines as `environs` reads them, for the owner only, there only while the stack runs."""

    def __init__(self, data: Path) -> None:
        self.path = data / "stack.env"

    def write(self, environment: Mapping[str, str]) -> None:
        """Replace the file in one step."""
        partial = self.path.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)
        with partial.open("w") as file:
            file.writelines(f"{name}={quoted(value)}\n" for name, value in environment.items())
        partial.replace(self.path)

    def remove(self) -> None:
        """Remove it if it is there."""
        self.path.unlink(missing_ok=True)


def quoted(value: str) -> str:
    """The value as it stands in such a file."""
    if re.fullmatch(r"[\w:/@.,+-]+", value, re.ASCII):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
