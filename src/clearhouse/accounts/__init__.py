"""Who may come in: accounts and their keys."""
