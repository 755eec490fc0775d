"""Refreshing indicators from their sources."""
