"""Some regions of Shaoguan with shapes, as a gazetteer."""

from __future__ import annotations

import csv
from pathlib import Path

from shapely import box

from layers.readers.gazetteer import Gazetteer

_TABLE = Path(__file__).resolve().parents[3] / "data" / "reference" / "regions.csv"
# No shapes for 新丰县 and for most towns.
_SHAPES = {
    "440203": box(113.4, 24.6, 113.6, 24.9),
    "440204": box(113.6, 24.6, 113.8, 24.9),
    "440205": box(113.4, 24.3, 113.8, 24.6),
    "440222": box(114.0, 24.6, 114.3, 25.0),
    "440224": box(113.6, 24.9, 114.0, 25.2),
    "440229": box(113.9, 24.2, 114.3, 24.6),
    "440232": box(113.0, 24.5, 113.4, 25.0),
    "440281": box(113.0, 25.0, 113.6, 25.4),
    "440282": box(114.0, 25.0, 114.7, 25.4),
    "440205100": box(113.55, 24.6, 113.65, 24.7),
    "440224109": box(113.9, 25.1, 114.0, 25.2),
    "440232109": box(113.1, 24.9, 113.2, 25.0),
}


def _read() -> Gazetteer:
    with _TABLE.open(encoding="utf-8", newline="") as handle:
        return Gazetteer.of(csv.DictReader(handle), _SHAPES)


GAZETTEER = _read()
