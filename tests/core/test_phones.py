"""Phone numbers: what is one, and how it is kept."""

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as some
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from rest_framework.exceptions import ValidationError

from core.phones import PhoneField, PhoneInvalid, e164, phone_fragment

CHECKED_BY_DATABASE = re.compile(r"\+[1-9][0-9]{6,14}")
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
EXAMPLES = {
    (region, kind): phonenumbers.example_number_for_type(region, kind)
    for region in REGIONS
    for kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE)
}
NUMBERS = [number for number in EXAMPLES.values() if number is not None]
SHAPES = [PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL]
SEPARATORS = [" ", ".", "-", "/", "\u00a0", "\u202f", "\u2009", "\u2011", "\u2013", "\t"]
# ASCII, Arabic-Indic, extended Arabic-Indic, Devanagari, Bengali, Thai, full width, mathematical.
ZEROS = [0x30, 0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10, 0x1D7CE]


def refusal(text: str) -> str:
    with pytest.raises(PhoneInvalid) as caught:
        e164(text)
    [message] = caught.value.fields["phone_number"]
    return message


def kept(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@pytest.mark.parametrize(
    "text",
    [
        "+33612345678",
        "+33 6 12 34 56 78",
        " +33 6 12 34 56 78\n",
        "+33.6.12.34.56.78",
        "+33-6-12-34-56-78",
        "+33/612/345678",
        "+33 (6) 12 34 56 78",
        "+33 (0)6 12 34 56 78",
        "+33 ( 0 ) 6 12 34 56 78",
        "+33 06 12 34 56 78",
        "(+33) 6 12 34 56 78",
        "+33\u00a06\u00a012\u202f34\u200956\u200778",
        "\u202a+33 6 12 34 56 78\u202c",
        "+33\u20116\u201012\u201334\u20145678",
        "＋３３６１２３４５６７８",
        "+٣٣٦١٢٣٤٥٦٧٨",
        "+३३ ६ १२ ३४ ५६ ७८",
    ],
)
def test_one_number_is_kept_in_one_way(text):
    assert e164(text) == "+33612345678"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+1234567890", "+1234567890"),
        ("+1 (212) 555-0123", "+12125550123"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("+49 (0) 30 / 123456", "+4930123456"),
        ("+39 (0)6 6982 1234", "+390669821234"),
        ("+39 06 6982 1234", "+390669821234"),
        ("+34 (0) 612 34 56 78", "+34612345678"),
        ("+352 (0) 621 123 456", "+352621123456"),
        ("+7 912 345-67-89", "+79123456789"),
        ("+55 11 91234-5678", "+5511912345678"),
        ("+91 98765 43210", "+919876543210"),
        ("+81 90-1234-5678", "+819012345678"),
        ("+86 131 2345 6789", "+8613123456789"),
        ("+61 412 345 678", "+61412345678"),
        ("+234 803 123 4567", "+2348031234567"),
        ("+92 301 2345678", "+923012345678"),
        ("+683 4000", "+6834000"),
        ("+800 1234 5678", "+80012345678"),
    ],
)
def test_numbers_of_many_countries(text, number):
    assert e164(text) == number


@pytest.mark.parametrize("region", REGIONS)
def test_what_the_library_gives_as_a_countrys_example_is_taken_as_it_is_written_there(region):
    numbers = [number for (of, _), number in EXAMPLES.items() if of == region and number is not None]
    assert numbers, region
    for number in numbers:
        for shape in SHAPES:
            assert e164(phonenumbers.format_number(number, shape)) == kept(number)


@pytest.mark.parametrize(
    "text", ["0612345678", "33612345678", "06 12 34 56 78", "0033612345678", "00 33 6 12 34 56 78"]
)
def test_without_a_plus_nobody_knows_the_country(text):
    assert refusal(text) == "Must begin with + and the country code, as in +33612345678."


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "+", "-", "()", "abc", "+33 6 12 34 56 7x", "+33 612 345 678 ext 9", "+33612345678 x9"),
        *("+33612345678;ext=9", "+33612345678#9", "+33612345678,9", "tel:+33612345678", "+1800FLOWERS"),
        *("++33612345678", "+33+612345678", "+33612345678+", "+33 6 12 34 56 7\u00b2", "+33612345678\x00", "+33 6 😀"),
    ],
    ids=ascii,
)
def test_nonsense_is_none(text):
    assert refusal(text).startswith("Not a phone number")


@pytest.mark.parametrize("text", ["+999 123456789", "+0 612345678", "+210 12345678", "+0033612345678"])
def test_a_country_that_is_none_is_refused(text):
    assert refusal(text) == "No country has this code."


@pytest.mark.parametrize("text", ["+33", "+3361234567", "+1 2345678", "+123456789", "+4912", "+33 6", "+44 20"])
def test_too_few_digits_are_refused(text):
    assert refusal(text) == "Too short for a phone number of its country."


@pytest.mark.parametrize(
    "text",
    [
        *("+33 6 12 34 56 78 9", "+1 212 555 01234", "+4930123456789012345", "+1234567890123456789", "+" + "3" * 59),
        *("+49 0030 123456", "+33612345678" * 10),
    ],
)
def test_too_many_digits_are_refused(text):
    assert refusal(text) == "Too long for a phone number of its country."


def test_the_field_at_fault_is_the_callers_to_name():
    with pytest.raises(PhoneInvalid) as caught:
        e164("nonsense", field="customer_phone")
    assert list(caught.value.fields) == ["customer_phone"]
    assert caught.value.code == "validation_error"


@given(some.sampled_from(NUMBERS), some.data())
def test_however_it_is_separated_and_in_whatever_script_it_is_the_same_number(number, data):
    digits = kept(number)[1:]
    zeros = data.draw(some.lists(some.sampled_from(ZEROS), min_size=len(digits), max_size=len(digits)))
    gap = some.text(some.sampled_from(SEPARATORS), max_size=2)
    written = "".join(chr(zero + int(digit)) + data.draw(gap) for zero, digit in zip(zeros, digits, strict=True))
    assert e164(f"+{written}") == kept(number)


@given(some.one_of(some.text(max_size=40), some.from_regex(r"\A\+[0-9 ()./-]{1,30}\Z")))
def test_whatever_is_written_is_refused_or_kept_as_the_database_takes_it(text):
    try:
        number = e164(text)
    except PhoneInvalid:
        return
    assert CHECKED_BY_DATABASE.fullmatch(number)
    assert e164(number) == number


def test_a_field_gives_the_number_as_it_is_kept_and_says_what_is_wrong_with_it():
    assert PhoneField().run_validation(" +33 6 12 34 56 78 ") == "+33612345678"
    for wrong in ("0612345678", 33612345678, None, "", ["+33612345678"]):
        with pytest.raises(ValidationError):
            PhoneField().run_validation(wrong)


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        *(("06 12..", "612"), ("+33 6 12", "+33612"), ("12-34", "1234"), ("٠٦", "6"), ("+33 (0)6 12", "+33612")),
        *(("00 33 6", "336"), ("john", None), ("12a", None), ("", None), ("+", None), ("..", None), ("3+4", None)),
        *(("0", None), ("++3", None)),
    ],
)
def test_a_part_of_a_number_is_told_from_other_texts(text, fragment):
    assert phone_fragment(text) == fragment
