"""Stores of the layer registry, one file per driver."""
