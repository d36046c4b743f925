"""`python -m benchmarks.peers.profiles.create_tables`, once, before the application is started."""

from benchmarks.peers.profiles.database import engine
from benchmarks.peers.profiles.models import LoggedOutProfile

LoggedOutProfile.metadata.create_all(engine)
