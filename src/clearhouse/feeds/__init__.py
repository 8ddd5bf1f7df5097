"""Market data in: the sources that move the market, and the past that a venue is born with."""
