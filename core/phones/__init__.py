"""Phone numbers: however somebody writes one, it is read in one place and kept in one way."""

from core.phones.fields import PhoneField, PhoneParameter
from core.phones.reading import LONGEST_TEXT, PhoneInvalid, e164
from core.phones.texts import phone_fragment

__all__ = ["LONGEST_TEXT", "PhoneField", "PhoneInvalid", "PhoneParameter", "e164", "phone_fragment"]
