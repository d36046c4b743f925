"""What every app shares: errors, envelopes, tenancy, limits, MongoDB, the outbox and health. Imports no app."""
