"""Registers of the demo city as map layers: projects, drawn inspections, equipment soon due.

Names and codes are made up and say so; what the real list of projects gives is kept as it is. The
rules are the topics' own, found by name as manifests name them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
from shapely.geometry import Point

from app.demo import fractal, periods, places, sites, tables
from app.demo.noise import chance, seed_of
from topics.kit.catalogue import SHIPPED
from topics.kit.formula.domain import Frame
from topics.kit.functions import load_function

EQUIPMENT = 150
_LIGHTS = {1: "正常", 2: "滞后", 3: "严重滞后"}
_PROBLEMS = ("设备到货晚于计划", "部门间接口尚未打通", "资金到位晚于计划")
_USERS = ("示例大厦物业", "示例医院", "示例商场", "示例工业园", "示例学校")
_CATEGORIES = (
    ("电梯", 0.62), ("压力容器", 0.14), ("起重机械", 0.10), ("锅炉", 0.07),
    ("场(厂)内专用机动车辆", 0.05), ("大型游乐设施", 0.02),
)  # fmt: skip


def projects(now: datetime) -> gpd.GeoDataFrame:
    """The 24 listed projects: their own facts, and what the demo says was done."""
    found = sites.of_kind("项目")
    spec = sites.catalogue().indicator("economy.project_share")
    span = periods.site_spans(spec, now)
    moments = span.moments[-1:]
    done, image = (
        sites.values(sites.catalogue().indicator(name), name, moments)
        for name in ("economy.project_share", "economy.project_image")
    )
    day = datetime.fromtimestamp(float(span.starts[-1]), periods.CHINA).date()
    shares = np.array([[float(done[one.code][0])] for one in found])
    lights = _rule("economy", "projects:project_light")(Frame(found, [day]), shares).value
    rows = []
    for number, one in enumerate(found):
        light = int(lights[number, 0])
        total = int(one.fact("total"))
        rows.append(
            {
                "code": one.code,
                "name": one.name,
                "short_name": one.short_name,
                "region": one.parent,
                "builder": one.fact("builder"),
                "years": f"{one.fact('start')}–{one.fact('end')}",
                "total": total,
                "plan": int(one.fact("plan")),
                "done": round(total * float(shares[number, 0]) / 100),
                "image": f"{float(image[one.code][0]):.0f}%",
                "problem": _PROBLEMS[number % len(_PROBLEMS)] if light > 1 else "无",
                "light": _LIGHTS[light],
            }
        )
    points = [Point(one.longitude, one.latitude) for one in found]
    return gpd.GeoDataFrame(rows, geometry=points, crs=places.CRS)


def inspections(now: datetime) -> gpd.GeoDataFrame:
    """The objects of the last draw, with inspectors, code check and what is published."""
    rows = _rule("market", "publication:publication_rows")()
    luck = chance(seed_of("inspections"), np.arange(len(rows)))
    for number, row in enumerate(rows):
        checked = luck[number] < 0.9
        row["county"] = _county(row["region"])
        row["result"] = (
            ("发现问题" if luck[number] < 0.09 else "未发现问题") if checked else "待检查"
        )
        drawn = now - timedelta(days=float(3 + 14 * luck[number]))
        row["published"] = drawn.date().isoformat() if checked else ""
    return _placed(rows, "inspections")


def equipment(now: datetime) -> gpd.GeoDataFrame:
    """Equipment whose inspection is over or due within some months, made-up users."""
    rng = fractal.generator("equipment")
    today = now.astimezone(periods.CHINA).date()
    state = _rule("market", "equipment:due_state")
    names, shares = zip(*_CATEGORIES, strict=True)
    kinds = rng.choice(names, EQUIPMENT, p=shares)
    days = np.where(
        rng.random(EQUIPMENT) < 0.06,
        -rng.integers(1, 25, EQUIPMENT),
        rng.integers(0, 70, EQUIPMENT),
    )
    counties = tables.counties()
    people = np.array([one.population for one in counties])
    places_of = rng.choice(len(counties), EQUIPMENT, p=people / people.sum())
    rows = []
    for number in range(EQUIPMENT):
        due = today + timedelta(days=int(days[number]))
        county = counties[places_of[number]]
        rows.append(
            {
                "code": f"TS{number + 1:04d}",
                "category": str(kinds[number]),
                "user": f"{county.name}{_USERS[number % len(_USERS)]}",
                "region": county.code,
                "county": county.name,
                "due": due.isoformat(),
                "days": int(days[number]),
                "state": str(state(due, today)),
            }
        )
    return _placed(sorted(rows, key=lambda row: row["due"]), "equipment_places")


@cache
def _rule(topic: str, name: str) -> Callable[..., Any]:
    return load_function(topic, SHIPPED / topic, name)


def _county(code: str) -> str:
    return next(one.name for one in tables.counties() if one.code == code)


def _placed(rows: Sequence[dict[str, Any]], name: str) -> gpd.GeoDataFrame:
    """Each row at a town of its county."""
    rng = fractal.generator(name)
    towns: dict[str, list[tables.PlaceName]] = {}
    for town in tables.towns():
        towns.setdefault(town.parent, []).append(town)
    chosen = [
        towns[row["region"]][min(int(rng.exponential(2.5)), len(towns[row["region"]]) - 1)]
        for row in rows
    ]
    columns = list(rows[0])
    return places.framed(rows, columns, places.near(chosen, rng))
