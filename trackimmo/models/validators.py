"""What a text must look like, for forms and bodies alike."""

import unicodedata
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

# Control characters, and the two of Unicode's separators that end a line.
BREAKS: Final = frozenset({"Cc", "Zl", "Zp"})


def one_line(words: str) -> None:
    """Raises ValidationError for words that would break a line where they are printed: a subject, a log, a list."""
    if any(unicodedata.category(character) in BREAKS for character in words):
        raise ValidationError("Line breaks and control characters are not allowed.", code="one_line")


insee_code = RegexValidator(r"\A[0-9][0-9AB][0-9]{3}\Z", "Must be an INSEE code: five digits, or 2A or 2B and three.")
postal_code = RegexValidator(r"\A[0-9]{5}\Z", "Must be a postal code of five digits.")
department_code = RegexValidator(r"\A[0-9][0-9AB][0-9]?\Z", "Must be a department's code, such as 69, 2A or 974.")
