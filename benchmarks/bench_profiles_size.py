"""What the log's answers cost at 10,000 and at 1,000,000 records: `make bench-profiles-size`."""

from benchmarks._on_postgres import measure

if __name__ == "__main__":
    measure("benchmarks._profiles_size")
