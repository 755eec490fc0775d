"""河源, a city of its own that runs the shipped topics with its own regions, sites and rules."""

from __future__ import annotations

import csv
from pathlib import Path

from topics.kit.tables_in_force import REFERENCE, SHIPPED

CITY = "441600"
REGIONS = (
    ("441600", "河源市", "河源", "city", ""),
    ("441602", "源城区", "源城", "county", "441600"),
    ("441621", "紫金县", "紫金", "county", "441600"),
    ("441602001", "上城街道", "上城", "town", "441602"),
)
# Topic and table -> what its one row says; other columns stay empty.
SITES = {
    ("ecology", "stations.csv"): {
        "code": "HYKQ01", "name": "源城站", "region": "441602", "control": "国控",
        "items": "SO2 NO2 CO O3 PM10 PM2.5",
    },
    ("ecology", "noise_points.csv"): {
        "code": "HYZS01", "name": "沿江路", "region": "441602", "zone": "2",
    },
    ("water", "sections.csv"): {
        "code": "HYDM01", "name": "临江断面", "region": "441621", "river": "东江",
        "waters": "河流", "target_class": "Ⅱ",
    },
    ("water", "plants.csv"): {
        "code": "HYWS01", "name": "源城污水厂", "region": "441602", "grade": "一级A",
        "design_10k": "6",
    },
    ("economy", "projects.csv"): {
        "code": "HYXM01", "name": "东江大桥", "region": "441602", "builder": "市住建局",
        "start": "2025", "end": "2027", "total": "30000",
    },
    ("grid", "grids.csv"): {
        "code": "441602001001001", "name": "上城01网格", "region": "441602001", "area_km2": "1.2",
    },
}  # fmt: skip


def write_home(home: Path) -> Path:
    """The home of the city: its regions, and one site of six kinds."""
    _write(
        home / "reference" / "regions.csv",
        REFERENCE / "regions.csv",
        [
            dict(
                zip(("code", "name", "short_name", "level", "parent"), row, strict=True),
                order=str(number),
                valid_from="1988-01-01",
            )
            for number, row in enumerate(REGIONS)
        ],
    )
    for (topic, file), row in SITES.items():
        own_table(home, topic, file, [row])
    return home


def own_table(home: Path, topic: str, file: str, rows: list[dict[str, str]]) -> Path:
    """Write the city's own table of a topic, with the columns of the shipped one."""
    return _write(home / "topics" / topic / file, SHIPPED / topic / file, rows)


def _write(path: Path, like: Path, rows: list[dict[str, str]]) -> Path:
    with like.open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path
