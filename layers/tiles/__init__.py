"""Mapbox Vector Tiles, version 2, encoded with numpy: no loop over features.

This package knows numbers and bytes only; where they are kept is `layers.compile`.
"""
