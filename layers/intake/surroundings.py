"""What a file is measured against: the city's references, and its layer as it is now."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import shapely

from layers.checks import CodeTable, Schema
from layers.contracts import Classification
from layers.crs.outline import Outline
from layers.crs.references import References
from layers.readers.gazetteer import Gazetteer, Region

_ZONE = ZoneInfo("Asia/Shanghai")


def today() -> date:
    """The day in the city."""
    return datetime.now(_ZONE).date()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a file is measured against; everything but the day may be unknown.

    `key`, `classification` and `previous` are the layer's: its key column, how secret it is, and
    the schema of its live version.
    """

    outline: Outline | None = None
    references: References | None = None
    codes: CodeTable | None = None
    gazetteer: Gazetteer | None = None
    key: str | None = None
    classification: Classification | None = None
    previous: Schema | None = None
    today: date = field(default_factory=today)


@dataclass(frozen=True, slots=True)
class CityTables:
    """The city's tables of regions: those in force and those withdrawn."""

    regions: Path
    withdrawn: Path | None = None

    def codes(self, on: date) -> CodeTable:
        """The codes as they are valid on a day."""
        return CodeTable.load(self.regions, self.withdrawn, on)

    def gazetteer(self, outline: Outline | None) -> Gazetteer:
        """The regions by code and name; those of the trusted outline with their shapes."""
        shapes = {} if outline is None else _shapes(outline)
        rows = [*_rows(self.regions), *(_rows(self.withdrawn) if self.withdrawn else ())]
        regions = {row["code"]: row for row in reversed(rows)}
        return Gazetteer(tuple(_region(row, shapes) for row in regions.values()))


def _shapes(outline: Outline) -> dict[str, shapely.Geometry]:
    return dict(zip(outline.codes, outline.geometries, strict=True))


def _region(row: Mapping[str, str], shapes: Mapping[str, shapely.Geometry]) -> Region:
    short = row.get("short_name") or ""
    return Region(
        code=row["code"],
        name=row["name"],
        level=row.get("level") or "",
        parent=row.get("parent") or "",
        short_names=(short,) if short and short != row["name"] else (),
        valid_from=row.get("valid_from") or "",
        valid_to=row.get("valid_to") or "",
        successor=row.get("successor") or "",
        geometry=shapes.get(row["code"]),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
