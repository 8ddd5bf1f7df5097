"""Everything that is asked of the core (commands) and everything it decided (events)."""
