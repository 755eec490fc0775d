"""Settings of the grid that no standard fixes, as data: grid_rules.csv, the city's own first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from topics.kit.errors import BadManifest
from topics.kit.reference_rows import read_rows
from topics.kit.tables_in_force import read_once, topic_table

_FOLDER, _FILE = Path(__file__).parent, "grid_rules.csv"
_RULES = ("density_side", "density_bandwidth", "repeated_within")


@read_once
def grid_rules() -> Mapping[str, float]:
    """Every setting by name; BadManifest when one is missing, not positive or against another."""
    rows = read_rows(topic_table(_FOLDER, _FILE), ("rule", "value", "unit", "status"))
    found = {row["rule"]: float(row["value"]) for row in rows}
    for name in _RULES:
        if not found.get(name, 0) > 0:
            raise BadManifest(f"{_FILE}:要有一行 {name},值大于 0")
    if found["density_bandwidth"] < found["density_side"]:
        raise BadManifest(f"{_FILE}:density_bandwidth 不能小于 density_side(六边形边长)")
    return MappingProxyType(found)
