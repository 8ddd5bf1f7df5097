"""Streams over WebSocket: the user data of accounts, pushed as it changes."""
