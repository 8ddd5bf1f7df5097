"""Trading: the life of an order, from its checks over its fills to its end."""
