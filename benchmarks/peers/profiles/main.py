"""`uvicorn benchmarks.peers.profiles.main:app`, on the database that PEER_DATABASE_URL names."""

import math
from typing import Annotated

from fastapi import Depends, FastAPI, Query
from sqlalchemy.orm import Session

from benchmarks.peers.profiles import crud
from benchmarks.peers.profiles.database import get_db
from benchmarks.peers.profiles.models import LoggedOutProfile
from benchmarks.peers.profiles.schemas import LoggedOutProfileCreate, LoggedOutProfileOut, LoggedOutProfilePage

app = FastAPI(title="Logged Out Profiles")
Database = Annotated[Session, Depends(get_db)]


@app.post("/gmail-automation/logged-out-profiles", response_model=LoggedOutProfileOut, status_code=201)
@app.post("/api/v1/logged-out-profiles/", response_model=LoggedOutProfileOut, status_code=201)
def create_logged_out_profile(data: LoggedOutProfileCreate, db: Database) -> LoggedOutProfile:
    """Record that a profile got logged out."""
    return crud.create(db, data)


@app.get("/api/v1/logged-out-profiles/", response_model=LoggedOutProfilePage)
def list_logged_out_profiles(
    db: Database,
    filters: Annotated[crud.Filters, Depends()],
    skip: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, object]:
    """A page of the log."""
    items, total = crud.get_page(db, filters, skip=skip, limit=limit)
    return {
        "items": items,
        "total": total,
        "page": skip // limit + 1,
        "per_page": limit,
        "total_pages": math.ceil(total / limit),
    }
