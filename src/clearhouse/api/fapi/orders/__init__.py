"""Orders: how they are placed, changed, cancelled and read.

`forms` reads parameters, `answers` shapes what leaves, `outcomes` follows an order through the
events of a command. What each is refused for stands in docs/reference/orders.md.
"""
