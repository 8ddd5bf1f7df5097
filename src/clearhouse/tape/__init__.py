"""What the public market did: trades, candles, statistics, and the changes of its books."""
