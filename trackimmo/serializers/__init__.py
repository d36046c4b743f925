"""What TrackImmo's endpoints take and answer, field by field as documented."""
