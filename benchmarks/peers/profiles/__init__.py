"""The log of logged-out profiles as one writes it with FastAPI, SQLAlchemy and Pydantic: the calls that are measured.

One plain table, a session per request, an object per row, a model per answer. Nobody logs in, nothing is limited, there
are no organizations and no audit log.
"""
