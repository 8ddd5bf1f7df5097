"""Liquidation: what happens to positions whose margin no longer suffices."""
