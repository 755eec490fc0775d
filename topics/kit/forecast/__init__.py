"""Forecasts that beat the naive one, with the record of those made before."""
