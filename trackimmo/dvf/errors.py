"""What can be wrong with a file that we are asked to import."""

from core.errors import Invalid


class UnreadableFile(Invalid):
    """The file is not what it should be, or ends too early. Nothing of it was imported."""

    code = "unreadable_file"

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
