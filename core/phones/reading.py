"""Phone numbers: however somebody writes one, it is kept in one way, so that nobody is two customers.

The way is E.164: `+`, the country code and the national number, 15 digits at most (ITU-T E.164, 6.2).
"""

from typing import Final

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, ValidationResult

from core.errors import Invalid
from core.phones.texts import TRUNK_ZERO, digits_of, plain

LONGEST_TEXT: Final = 60
FEWEST_DIGITS: Final = 7
MOST_DIGITS: Final = 15
# So many national digits are enough even where the country's plan asks for more: the documents' own +1234567890 is one
# short of its plan.
ENOUGH_NATIONAL_DIGITS: Final = 9

NOT_A_NUMBER: Final = "Not a phone number: digits, blanks, dots, dashes, slashes and parentheses after a +."
NO_PLUS: Final = "Must begin with + and the country code, as in +33612345678."
NO_COUNTRY: Final = "No country has this code."
TOO_SHORT: Final = "Too short for a phone number of its country."
TOO_LONG: Final = "Too long for a phone number of its country."


class PhoneInvalid(Invalid):
    """What was written is no phone number."""

    code = "validation_error"

    def __init__(self, message: str, field: str) -> None:
        super().__init__(fields={field: [message]})


def e164(text: str, *, field: str = "phone_number") -> str:
    """The number as it is kept, `+33612345678`. Digits may be of any script, and separated as people do.

    It is checked against its country's numbering plan for its length, and not for whether anybody has it: plans change
    faster than what is known of them. Raises PhoneInvalid, naming the field.
    """
    if len(text) > LONGEST_TEXT:
        raise PhoneInvalid(TOO_LONG, field)
    said = plain(text)
    if said is None:
        raise PhoneInvalid(NOT_A_NUMBER, field)
    if digits_of(said)[:1] != "+":
        raise PhoneInvalid(NO_PLUS if any(map(str.isdecimal, said)) else NOT_A_NUMBER, field)
    readings = [digits_of(said)]
    if TRUNK_ZERO in said:
        readings.append(digits_of(said.replace(TRUNK_ZERO, "", 1)))
    numbers = [_parsed(reading, field) for reading in readings]
    # Behind +39 the zero is the number's, behind +34 it is nothing: the plan tells which.
    number = next(filter(phonenumbers.is_valid_number, numbers), None) or numbers[-1]
    return _checked(number, field)


def _parsed(digits: str, field: str) -> PhoneNumber:
    if not digits[1:].isdecimal():
        raise PhoneInvalid(NOT_A_NUMBER, field)
    try:
        return phonenumbers.parse(digits)
    except phonenumbers.NumberParseException as error:
        reasons = {
            phonenumbers.NumberParseException.INVALID_COUNTRY_CODE: NO_COUNTRY,
            phonenumbers.NumberParseException.TOO_LONG: TOO_LONG,
        }
        raise PhoneInvalid(reasons.get(error.error_type, TOO_SHORT), field) from error


def _checked(number: PhoneNumber, field: str) -> str:
    kept = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    national = phonenumbers.national_significant_number(number)
    length = phonenumbers.is_possible_number_with_reason(number)
    if length == ValidationResult.TOO_LONG or len(kept) > MOST_DIGITS + 1:
        raise PhoneInvalid(TOO_LONG, field)
    is_short = length != ValidationResult.IS_POSSIBLE and len(national) < ENOUGH_NATIONAL_DIGITS
    if is_short or len(kept) <= FEWEST_DIGITS:
        raise PhoneInvalid(TOO_SHORT, field)
    # Of two zeros before the number one would be left, and gone when what was kept is read again.
    if phonenumbers.format_number(phonenumbers.parse(kept), PhoneNumberFormat.E164) != kept:
        raise PhoneInvalid(TOO_LONG, field)
    return kept
