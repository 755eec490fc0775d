"""CityMap: a Dash component over MapLibre GL JS 6, hand-written, plain JavaScript (`city_map.js`)."""

from app.web.map.component import CityMap

__all__ = ["CityMap"]
