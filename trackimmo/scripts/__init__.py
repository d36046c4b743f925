"""Scripts that an operator runs from the repository root by their path."""
