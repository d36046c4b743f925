"""Numbers in sentences."""


def counted(number: int, noun: str) -> str:
    """So many of what has a regular plural: `1 call`, `0 calls`, `1,000 calls`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
