"""The queries."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlalchemy.orm import Query, Session

from benchmarks.peers.profiles.models import LoggedOutProfile
from benchmarks.peers.profiles.schemas import LoggedOutProfileCreate


@dataclass(frozen=True)
class Filters:
    """The documented query parameters but for `skip` and `limit`."""

    agent_name: str | None = None
    profile_name: str | None = None
    date_from: datetime | None = None
    date_to: datetime | None = None
    search: str | None = None


def create(db: Session, data: LoggedOutProfileCreate) -> LoggedOutProfile:
    """Add, commit, and read back what the database filled in."""
    row = LoggedOutProfile(agent_name=data.agent_name, profile_name=data.profile_name)
    db.add(row)
    db.commit()
    db.refresh(row)
    return row


def get_page(db: Session, filters: Filters, *, skip: int, limit: int) -> tuple[list[LoggedOutProfile], int]:
    """The rows of a page, newest first, and how many there are in all."""
    query = _filtered(db.query(LoggedOutProfile), filters)
    total = query.count()
    return query.order_by(LoggedOutProfile.timestamp.desc()).offset(skip).limit(limit).all(), total


def _filtered(query: Query[LoggedOutProfile], filters: Filters) -> Query[LoggedOutProfile]:
    if filters.agent_name:
        query = query.filter(LoggedOutProfile.agent_name == filters.agent_name)
    if filters.profile_name:
        query = query.filter(LoggedOutProfile.profile_name == filters.profile_name)
    if filters.date_from:
        query = query.filter(LoggedOutProfile.timestamp >= filters.date_from)
    if filters.date_to:
        query = query.filter(LoggedOutProfile.timestamp <= filters.date_to)
    if filters.search:
        pattern = f"%{filters.search}%"
        query = query.filter(
            or_(LoggedOutProfile.agent_name.ilike(pattern), LoggedOutProfile.profile_name.ilike(pattern))
        )
    return query
