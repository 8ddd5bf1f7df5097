"""What a market shows: books, trades, candles, prices and statistics.

Formats and what each is refused for stand in docs/reference/market.md.
"""
