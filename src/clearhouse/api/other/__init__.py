"""COIN-M futures, options and portfolio margin: what a wallet's balance needs, nothing more."""
