"""The HTTP API: one router a file."""
