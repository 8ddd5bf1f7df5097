"""The pages, and the settings of clients."""
