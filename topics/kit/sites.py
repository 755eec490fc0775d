"""The sites that topics declare, read from the tables beside their manifests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from topics.kit.contracts import Region
from topics.kit.errors import BadManifest
from topics.kit.manifest_tables import SiteSpec
from topics.kit.reference_rows import day, read_rows
from topics.kit.tables_in_force import topic_table

_NEEDED = ("code", "name", "region", "lon", "lat")
_OPTIONAL = ("short_name", "order", "valid_from", "valid_to")


def read_sites(folder: Path, declared: Sequence[SiteSpec]) -> list[Region]:
    """Every site of a topic, in the order of its tables; BadManifest names file, row and column.

    A city's own table stands in for that of a shipped topic. `region` is the county or town the
    site lies in; degrees are WGS-84 and may be empty. Columns of the table's own become facts.
    """
    return [site for one in declared for site in _read(topic_table(folder, one.file), one.kind)]


def _read(path: Path, kind: str) -> list[Region]:
    rows = read_rows(path, _NEEDED)
    return [_site(path.name, number, row, kind) for number, row in enumerate(rows, 2)]


def _site(file: str, number: int, row: dict[str, str], kind: str) -> Region:
    for column in ("code", "name", "region"):
        if not row[column]:
            raise BadManifest(f"{file} 第 {number} 行 {column} 为空;请填写")
    known = {*_NEEDED, *_OPTIONAL}
    return Region(
        code=row["code"],
        name=row["name"],
        short_name=row.get("short_name") or row["name"],
        level="site",
        parent=row["region"],
        order=int(row.get("order") or number),
        valid_from=day(row.get("valid_from", "")) or date.min,
        valid_to=day(row.get("valid_to", "")),
        kind=kind,
        longitude=_degrees(file, number, row, "lon", 180),
        latitude=_degrees(file, number, row, "lat", 90),
        facts=tuple((key, value) for key, value in row.items() if key not in known),
    )


def _degrees(file: str, number: int, row: dict[str, str], column: str, most: float) -> float | None:
    if not row[column]:
        return None
    try:
        found = float(row[column])
    except ValueError:
        found = most + 1
    if not -most <= found <= most:
        raise BadManifest(
            f"{file} 第 {number} 行 {column}:{row[column]!r} 不是 WGS-84 的度;写成 113.591"
        )
    return found
