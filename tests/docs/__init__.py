"""What exists is documented, and what is documented exists."""
