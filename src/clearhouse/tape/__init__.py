"""What the public market did: trades, candles, statistics, and the updates of its books."""
