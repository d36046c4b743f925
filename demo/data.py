"""Who and what the demonstration has. Ids are fixed, so that documented examples work as they are written."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

PASSWORD: Final = "switchboard-demo"  # noqa: S105 -- the demonstration's, printed on purpose


@dataclass(frozen=True, slots=True)
class DemoUser:
    """Somebody who can log in."""

    email: str
    full_name: str
    role: str
    is_staff: bool = False


@dataclass(frozen=True, slots=True)
class DemoOrganization:
    """An organization and its people."""

    name: str
    slug: str
    users: tuple[DemoUser, ...]


@dataclass(frozen=True, slots=True)
class DemoClient:
    """A real-estate client; `cities` are INSEE codes of made-up and real sample sales alike."""

    id: UUID
    first_name: str
    last_name: str
    cities: tuple[str, ...]
    property_types: tuple[str, ...]
    subscription_type: str
    addresses_per_report: int
    send_day: int
    language: str = "fr"

    @property
    def email(self) -> str:
        """An address that exists nowhere."""
        return f"{self.first_name}.{self.last_name}@immo.test".lower().replace(" ", "")


@dataclass(frozen=True, slots=True)
class DemoAgent:
    """An AI agent and how many customers it has. `owner` and `assigned_to` are e-mail addresses."""

    id: UUID
    name: str
    company: str
    product: str
    personality_type: str
    status: str
    training_level: int
    customers: int
    owner: str | None = None
    assigned_to: str | None = None


DEMO: Final = DemoOrganization(
    "Demo",
    "demo",
    (
        DemoUser("admin@demo.test", "Alice Admin", "admin", is_staff=True),
        DemoUser("client@demo.test", "Bob Client", "client"),
        DemoUser("agent@demo.test", "Carol Agent", "agent"),
    ),
)
OTHER: Final = DemoOrganization(
    "Other",
    "other",
    (
        DemoUser("admin@other.test", "Olga Admin", "admin", is_staff=True),
        DemoUser("client@other.test", "Oscar Client", "client"),
    ),
)
HENDAYE, ROUVRAY, BETTON, CESSON, MOUAZE, VILLEURBANNE = "64260", "76575", "35024", "35051", "35197", "69266"
CLIENTS: Final = (
    DemoClient(
        UUID("e86f4960-f848-4236-b45c-0759b95db5a3"),
        *("Jeanne", "Dupont", (HENDAYE, BETTON), ("house", "apartment"), "pro", 10, 1),
    ),
    DemoClient(
        UUID("0b6f2a54-6a0e-4a43-9f3b-1f4f5f0c2d02"),
        *("Marc", "Lefevre", (ROUVRAY,), ("house",), "decouverte", 5, 5),
    ),
    DemoClient(
        UUID("1c7f3b65-7b1f-4b54-8a4c-2a5a6a1d3e03"),
        *("Emma", "Wilson", (CESSON, BETTON, MOUAZE), ("house", "apartment"), "entreprise", 15, 15, "en"),
    ),
    DemoClient(
        UUID("2d8a4c76-8c2a-4c65-9b5d-3b6b7b2e4f04"),
        *("Karim", "Benali", (VILLEURBANNE, HENDAYE), ("apartment",), "pro", 10, 28),
    ),
    DemoClient(
        UUID("3e9b5d87-9d3b-4d76-8c6e-4c7c8c3f5a05"),
        *("Sophie", "Moreau", (HENDAYE, ROUVRAY, CESSON), ("house", "apartment", "land"), "entreprise", 20, 31),
    ),
)
# Demo's client has none: a client has one at most, and the documented workflow begins with creating it.
AGENTS: Final = {
    DEMO.slug: (
        DemoAgent(
            UUID("4f0c7a1e-52b8-4d0a-9a57-6d1c8e2b7a01"),
            "Camille",
            "Toits & Terrasses",
            "Renovation of roofs",
            personality_type="friendly",
            status="active",
            training_level=82,
            customers=26,
            assigned_to="agent@demo.test",
        ),
        DemoAgent(
            UUID("5a1d8b2f-63c9-4e1b-8b68-7e2d9f3c8b02"),
            "Hugo",
            "Soleil Direct",
            "Solar panels for houses",
            personality_type="professional",
            status="training",
            training_level=64,
            customers=14,
        ),
    ),
    OTHER.slug: (
        DemoAgent(
            UUID("6b2e9c30-74da-4f2c-9c79-8f3ea04d9c03"),
            "Nora",
            "Atelier Nord",
            "Kitchens made to measure",
            personality_type="supportive",
            status="learning",
            training_level=45,
            customers=6,
            owner="client@other.test",
        ),
    ),
}
FIRST_NAMES: Final = (
    *("Adele", "Bruno", "Chloe", "Denis", "Elise", "Farid", "Gilles", "Helene", "Ines", "Jules"),
    *("Karine", "Louis", "Manon", "Nadia", "Olivier", "Pascal", "Quentin", "Rosa", "Samir", "Tessa"),
)
LAST_NAMES: Final = (
    *("Aubert", "Blanc", "Caron", "Diallo", "Etienne", "Fabre", "Garnier", "Hubert", "Imbert", "Joly"),
    *("Klein", "Lacroix", "Marchal", "Nguyen", "Olivier", "Perrin", "Renaud", "Sanchez", "Tessier", "Vidal"),
)
LOGOUTS: Final = {DEMO.slug: 600, OTHER.slug: 40}
SALES_LINES: Final = 20_000
SALES_CITIES: Final = 8
SALES_SEED: Final = 1
