"""What can be wrong with an archive."""

from core.errors import Invalid


class UnreadableArchive(Invalid):
    """It is not what it should be, or ends too early. What was read of it before is imported."""

    code = "unreadable_archive"

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
