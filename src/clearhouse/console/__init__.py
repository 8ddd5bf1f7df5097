"""Pages for people: the API reference, coverage, metrics."""
