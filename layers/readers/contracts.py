"""What goes into a reader and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from layers.contracts import Problem
from layers.readers.gazetteer import Gazetteer

GEOMETRY_COLUMN = "几何"  # the column of an edit that moves a feature


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to read: where it lies, and what its owner calls it (used in every message)."""

    path: Path
    name: str

    @property
    def suffix(self) -> str:
        """The ending of the owner's name, lower case, with the dot."""
        return Path(self.name).suffix.lower()


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a person said about a file; the defaults mean: find out, ask where unsure.

    `part` names one of several layers or sheets. `purpose` is auto, layer or indicator. `columns`
    says which column plays a role (lon, lat, pair, wkt, grid, code, name). `edits` holds new texts
    by row and column; the column “几何” takes "lon,lat" or WKT in the file's own coordinates.

    For tables: `header_rows` is how many rows at the top are no data (titles and header; 0: no
    header). `gazetteer` holds the regions that rows without coordinates are joined to, by the
    roles code or name; the role parent tells towns of one name apart, and the role successor
    (any text) joins withdrawn codes to what followed them.
    """

    encoding: str = "auto"
    part: str | None = None
    purpose: str = "auto"
    columns: Mapping[str, str] = field(default_factory=dict)
    header_rows: int | None = None
    edits: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    gazetteer: Gazetteer | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A layer, sheet or Shapefile inside a file; `name` is what `ReadOptions.part` takes.

    `geometry` is "point", "line", "polygon", "mixed" or "none"; `features` None: not announced.
    """

    name: str
    title: str
    geometry: str
    features: int | None


@dataclass(frozen=True, slots=True)
class EncodingFound:
    """Which encoding the text was read in, how sure that is (0..1), and what else was tried.

    A candidate is (name, how many texts do not read in it, what the first text looks like in it).
    """

    shown: str
    confidence: float
    evidence: tuple[str, ...]
    candidates: tuple[tuple[str, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RasterInfo:
    """What is known of a raster before it is drawn; `bounds` in its own coordinates."""

    width: int
    height: int
    bands: int
    dtype: str
    crs: str | None
    bounds: tuple[float, float, float, float] | None
    nodata: float | None
    band_names: tuple[str, ...]
    quicklook: bytes | None


@dataclass(frozen=True, slots=True)
class Reading:
    """The content of a file, in the file's own coordinates.

    `frame` has no CRS; its geometries are never null, empty or infinite. `rows` says for each
    feature which row of the file it was (as its owner counts them). `declared` is the coordinate
    system the file names (EPSG:n, a name, "gcj02", "bd09"), None when it names none. `left_out`
    holds the attributes of the rows without a usable place, with `_row` and `_reason`: no row of
    the file is in neither of the two.
    """

    frame: gpd.GeoDataFrame
    rows: np.ndarray
    format: str
    encoding: str | None
    declared: str | None
    evidence: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = field(default_factory=tuple)
    parts: tuple[Part, ...] = ()
    part: str | None = None
    left_out: pd.DataFrame | None = None
    encoding_found: EncodingFound | None = None
    raster: RasterInfo | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def quicklook(self) -> bytes | None:
        """The small picture (PNG) of a raster; None for all else, and where there is none."""
        return None if self.raster is None else self.raster.quicklook
