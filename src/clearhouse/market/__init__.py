"""What is listed and what it is worth: assets, contracts, pairs, index prices."""
