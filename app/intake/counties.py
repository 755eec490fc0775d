"""In which county a point lies, by the published layer of counties."""

from __future__ import annotations

import shapely

from app.published import PublishedVersions
from layers.errors import LayerError
from layers.registry import LayerRegistry

_LAYER, _CODE = "city.counties", "code"


class CountyFinder:
    """Finds counties; shapes are read once for each version of the layer."""

    def __init__(self, layers: LayerRegistry) -> None:
        """Look in the published counties of `layers`."""
        self._layers = layers
        self._published = PublishedVersions(layers)
        self._known: tuple[str, shapely.STRtree, list[str]] | None = None

    def ready(self) -> bool:
        """Whether there are counties to look in."""
        return self._tree() is not None

    def find(self, longitude: float, latitude: float) -> str | None:
        """The code of the county that holds the point; None outside the city."""
        found = self._tree()
        if found is None:
            return None
        _, tree, codes = found
        inside = tree.query(shapely.Point(longitude, latitude), predicate="intersects")
        return codes[int(inside[0])] if len(inside) else None

    def _tree(self) -> tuple[str, shapely.STRtree, list[str]] | None:
        version = self._published.of(_LAYER)
        if version is None:
            return None
        if self._known is None or self._known[0] != version:
            try:
                frame = self._layers.master(_LAYER, version)
            except LayerError:
                return None
            if _CODE not in frame.columns:
                return None
            codes = [str(one) for one in frame[_CODE]]
            self._known = (version, shapely.STRtree(frame.geometry.to_numpy()), codes)
        return self._known
