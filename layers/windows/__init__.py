"""Windows on a layer's features: GeoJSON by bounds, filter, limit and cursor."""

from layers.windows.features import features
from layers.windows.filters import parse_filter

__all__ = ["features", "parse_filter"]
