"""Indicators computed from others: the language, the cubes, what follows from a change."""
