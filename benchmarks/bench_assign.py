"""What assigning costs, beside what it cannot do without: `make bench-assign`."""

from benchmarks._on_postgres import measure

if __name__ == "__main__":
    measure("benchmarks._assign")
