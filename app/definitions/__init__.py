"""Definitions of indicators for people: found, told, changed, exchanged as files."""
