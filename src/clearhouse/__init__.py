"""Clearhouse: a self-hosted account and wallet system that speaks Binance's own API."""

__version__ = "0.1.0"
