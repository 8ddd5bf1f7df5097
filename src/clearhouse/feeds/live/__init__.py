"""The source that follows the public streams of an exchange, where that was asked for by name."""
