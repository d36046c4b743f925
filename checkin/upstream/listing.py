"""The upstream's list of users, read strictly: what is not as it should be is left out and told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, overload

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from checkin.upstream.tokens import is_sendable
from core.jsontypes import JSON

LONGEST_EMAIL: Final = 254
REPORTS: Final = ("Normal", "Fail")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedUser:
    """A user as the upstream lists him. `email` is in lower case; `report` is "Normal", "Fail" or not known."""

    email: str
    token: str = field(repr=False)
    report: str | None = None
    report_time: datetime | None = None


class Listing(Sequence[ListedUser]):
    """The users that can be used, each address once, and `problems`: a sentence for each entry that is not.

    `tokenless` are the addresses of users who are listed without a token that can be used: they are not gone.
    Of an address that is listed twice, in whatever case, the later entry counts, as the one that was added last; if
    their tokens differ, that is a problem to be told.
    """

    def __init__(
        self, users: Sequence[ListedUser], *, problems: Sequence[str] = (), tokenless: Sequence[str] = ()
    ) -> None:
        self._users = tuple(users)
        self.tokenless = tuple(tokenless)
        self.problems = tuple(problems)

    @overload
    def __getitem__(self, index: int) -> ListedUser: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ListedUser]: ...
    def __getitem__(self, index: int | slice) -> ListedUser | Sequence[ListedUser]:
        return self._users[index]

    def __iter__(self) -> Iterator[ListedUser]:
        return iter(self._users)

    def __len__(self) -> int:
        return len(self._users)

    def __repr__(self) -> str:
        return f"Listing({len(self._users)} users, {len(self.problems)} problems)"


def read_listing(entries: Sequence[JSON]) -> Listing:
    """The users in the entries of the upstream's list, in its order."""
    users: dict[str, ListedUser] = {}
    problems: list[str] = []
    tokenless: list[str] = []
    for number, entry in enumerate(entries, start=1):
        try:
            user = _user(entry)
        except Tokenless as error:
            tokenless.append(error.email)
            problems.append(f"Entry {number} {error}.")
            continue
        except ValueError as error:
            problems.append(f"Entry {number} {error}.")
            continue
        if (other := users.get(user.email)) is not None and other.token != user.token:
            problems.append(f"Entry {number} lists {user.email} again with another token, which counts.")
        users[user.email] = user
    return Listing(list(users.values()), problems=problems, tokenless=tokenless)


class Tokenless(ValueError):
    """An entry names a user, and has no token of his that can be used."""

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(f"({email}) has no token that can be used")


def _user(entry: JSON) -> ListedUser:
    """Raises ValueError with what is wrong, in words that show no token."""
    if not isinstance(entry, dict):
        raise ValueError("is not an object")
    email, token = entry.get("email"), entry.get("checkintoken")
    if not isinstance(email, str) or not _is_address(email := email.strip().lower()):
        raise ValueError("has no e-mail address")
    if not isinstance(token, str) or not is_sendable(token):
        raise Tokenless(email)
    report = entry.get("checkinReport")
    return ListedUser(
        email=email,
        token=token,
        report=report if isinstance(report, str) and report in REPORTS else None,
        report_time=_time(entry.get("checkinReportTime")),
    )


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return len(email) <= LONGEST_EMAIL


def _time(text: JSON) -> datetime | None:
    """A time as JavaScript or MySQL writes it, in UTC unless it says otherwise; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
