"""What goes into a reader and what comes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np

from layers.contracts import Problem


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
class Reading:
    """The content of a file, in the file's own coordinates.

    `frame` has no CRS; its geometries are never null or empty. `rows` says for each feature which
    row of the file it was (as its owner counts them). `declared` is the coordinate system the file
    names (EPSG:n, a name, "gcj02", "bd09"), None when it names none.
    """

    frame: gpd.GeoDataFrame
    rows: np.ndarray
    format: str
    encoding: str | None
    declared: str | None
    evidence: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = field(default_factory=tuple)
