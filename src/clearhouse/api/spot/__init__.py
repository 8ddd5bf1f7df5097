"""Spot: `/api`."""
