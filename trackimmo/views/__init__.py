"""TrackImmo's endpoints."""
