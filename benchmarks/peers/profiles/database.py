"""The engine, with SQLAlchemy's default pool, and a session per request."""

import os
from collections.abc import Iterator

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

engine = create_engine(os.environ["PEER_DATABASE_URL"])
SessionLocal = sessionmaker(bind=engine, autoflush=False)


class Base(DeclarativeBase):
    """What the models inherit."""


def get_db() -> Iterator[Session]:
    """A session that is closed when the request has been answered."""
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()
