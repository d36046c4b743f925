"""What an import did."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import TextChoices


class SkipReason(TextChoices):
    """Why a line describes no imported property. Of several reasons the first counts; each line has one at most."""

    MALFORMED = "malformed", "malformed line"
    REPEATED = "repeated", "repeats another line"
    NOT_A_SALE = "not_a_sale", "not a sale (exchange, expropriation)"
    NO_DATE = "no_date", "no date"
    NO_PRICE = "no_price", "no price"
    DEPENDENCY = "dependency", "dependency of what was sold"
    DEPENDENCY_ONLY = "dependency_only", "sale of dependencies only"
    SOLD_WITH_BUILDING = "sold_with_building", "land or lots sold with a building"
    NO_ADDRESS = "no_address", "no address"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """The figures of one import; `+` joins those of several.

    `kept_lines` and `skipped_lines` add up to `lines_read`. `sales` counts the mutations that gave a property.
    Prices are in euros, over all lines that have a readable one: `price_per_line` counts it once per line, as is often
    done, `price_per_sale` once per mutation, as it was paid.
    """

    lines_read: int = 0
    kept_lines: int = 0
    skipped_lines: Counter[SkipReason] = field(default_factory=Counter)
    new_properties: int = 0
    updated_properties: int = 0
    unchanged_properties: int = 0
    sales: int = 0
    price_per_line: Decimal = Decimal(0)
    price_per_sale: Decimal = Decimal(0)

    @property
    def properties(self) -> int:
        """How many properties the lines describe."""
        return self.new_properties + self.updated_properties + self.unchanged_properties

    def __add__(self, other: "ImportSummary") -> "ImportSummary":
        return ImportSummary(
            lines_read=self.lines_read + other.lines_read,
            kept_lines=self.kept_lines + other.kept_lines,
            skipped_lines=self.skipped_lines + other.skipped_lines,
            new_properties=self.new_properties + other.new_properties,
            updated_properties=self.updated_properties + other.updated_properties,
            unchanged_properties=self.unchanged_properties + other.unchanged_properties,
            sales=self.sales + other.sales,
            price_per_line=self.price_per_line + other.price_per_line,
            price_per_sale=self.price_per_sale + other.price_per_sale,
        )
