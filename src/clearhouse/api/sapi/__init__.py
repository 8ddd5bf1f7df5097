"""Wallet and margin: `/sapi`."""
