"""Durability: records, upcasters, read models, and the adapters that store them."""
