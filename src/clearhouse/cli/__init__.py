"""The command line."""

from clearhouse.cli.main import main

__all__ = ["main"]
