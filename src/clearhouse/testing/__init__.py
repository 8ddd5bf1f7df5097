"""For tests, ours and a user's: a server in a process of its own, and a small signing client."""

from clearhouse.testing.client import Client, Response
from clearhouse.testing.process import ServerProcess

__all__ = ["Client", "Response", "ServerProcess"]
