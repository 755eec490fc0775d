"""What a writer is given and what an export tells."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd


@dataclass(frozen=True, slots=True)
class ExportJob:
    """Features in the coordinates of `crs` (EPSG:n, gcj02 or bd09), and what they are called.

    The frame carries no CRS of its own: each writer labels the file as honestly as its format can.
    """

    frame: gpd.GeoDataFrame
    crs: str
    title: str
    masked: tuple[str, ...] = ()

    @property
    def attributes(self) -> list[str]:
        """The columns beside the geometry."""
        return [name for name in self.frame.columns if name != self.frame.geometry.name]


@dataclass(frozen=True, slots=True)
class Exported:
    """How many features were written, and what the format could not hold, in words."""

    features: int
    notes: tuple[str, ...] = ()
