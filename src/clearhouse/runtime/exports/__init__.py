"""Exports: their files, the links to them, and the job that writes them."""
