"""CityMap: a hand-written Dash component over MapLibre GL JS 6, in plain JavaScript."""

from app.web.map.component import CityMap

__all__ = ["CityMap"]
