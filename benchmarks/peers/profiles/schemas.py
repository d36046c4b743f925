"""What goes in and what comes out."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class LoggedOutProfileCreate(BaseModel):
    """The body of a POST."""

    agent_name: str = Field(min_length=1, max_length=255)
    profile_name: str = Field(min_length=1, max_length=255)


class LoggedOutProfileOut(BaseModel):
    """A row."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    agent_name: str
    profile_name: str
    timestamp: datetime
    created_at: datetime
    updated_at: datetime


class LoggedOutProfilePage(BaseModel):
    """A page of rows, and how many there are of both."""

    items: list[LoggedOutProfileOut]
    total: int
    page: int
    per_page: int
    total_pages: int
