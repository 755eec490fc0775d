"""The demo city's map layers as frames, with what the catalogue says of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import geopandas as gpd
from shapely.geometry import Point

from app.api.class_colours import token_colours
from app.demo import borders, places, registers, sites, tables, unit_grids, waters

CRS = places.CRS


@dataclass(frozen=True, slots=True)
class DemoLayer:
    """One layer to import: id, catalogue texts, and the function that makes its frame.

    `classes` say how a field is graduated, as the catalogue stores it; without them `style` draws.
    """

    id: str
    title: str
    topic: str
    owner: str
    cadence: str
    key: str
    style: str
    frame: Callable[[datetime], gpd.GeoDataFrame]
    classes: Mapping[str, Any] | None = None


def demo_layers() -> tuple[DemoLayer, ...]:
    """All layers in drawing order, areas first."""
    drawn = _drawn()
    return (*drawn, *_of_sites({one.id for one in drawn}))


def _drawn() -> tuple[DemoLayer, ...]:
    return (
        DemoLayer("city.outline", "市域范围", "city", "zsj", "1y", "code", "line", _outline),
        DemoLayer("city.counties", "县(市、区)", "city", "zsj", "1y", "code", "fill", _counties),
        DemoLayer("city.towns", "镇(街道)", "city", "zsj", "1y", "code", "line", _towns),
        DemoLayer("city.rivers", "河流水系", "city", "swj", "1y", "name", "line", _rivers),
        DemoLayer(
            "ecology.air_stations", "空气监测站", "ecology", "sthjj", "1y", "code", "circle",
            lambda now: places.air_stations(),
        ),
        DemoLayer(
            "ecology.noise_points", "噪声监测点", "ecology", "sthjj", "1y", "code", "circle",
            lambda now: places.at_sites("噪声点", "zone", "use"),
        ),
        DemoLayer(
            "ecology.online_sources", "在线监控污染源", "ecology", "sthjj", "1mo", "code", "circle",
            lambda now: places.at_sites("污染源", "medium", "industry", "item", "limit", "unit"),
        ),
        DemoLayer(
            "market.kitchens", "明厨亮灶单位", "market", "scjgj", "1mo", "code", "circle",
            places.kitchens, _states({"在线": "data", "离线": "bad"}),
        ),
        DemoLayer(
            "market.inspections", "双随机抽查对象", "market", "scjgj", "1mo", "code", "circle",
            registers.inspections,
        ),
        DemoLayer(
            "market.equipment", "到期特种设备", "market", "scjgj", "1d", "code", "circle",
            registers.equipment,
        ),
        DemoLayer(
            "economy.projects", "重点建设项目", "economy", "fgj", "1mo", "code", "circle",
            registers.projects,
        ),
        DemoLayer(
            "grid.units", "单元网格", "grid", "cgj", "1y", "code", "line",
            lambda now: unit_grids.frame(),
        ),
    )  # fmt: skip


def _states(tokens: Mapping[str, str]) -> Mapping[str, Any]:
    """Points coloured by what their state says."""
    classes = [
        {"value": state, "label": state, **token_colours(token)} for state, token in tokens.items()
    ]
    return {"kind": "categorised", "field": "state", "classes": classes}


def _of_sites(drawn: Collection[str]) -> tuple[DemoLayer, ...]:
    """The layers that topics name for their sites, from the tables beside their manifests."""
    found = []
    for manifest in sites.catalogue().topics:
        declared = {one.id: one for one in manifest.layers}
        for spec in manifest.sites:
            layer = declared.get(spec.layer or "")
            if layer is None or layer.id in drawn:
                continue
            found.append(DemoLayer(
                layer.id, layer.title, manifest.id, manifest.topic.owner, layer.cadence or "1y",
                "code", layer.style or "circle", partial(_sites, spec.kind),
            ))  # fmt: skip
    return tuple(found)


def _sites(kind: str, now: datetime) -> gpd.GeoDataFrame:
    placed = [one for one in sites.of_kind(kind) if one.longitude is not None]
    facts = list(dict.fromkeys(name for one in placed for name, _ in one.facts))
    values: dict[str, list[str | None]] = {
        "code": [one.code for one in placed],
        "name": [one.name for one in placed],
        "region": [one.parent for one in placed],
    }
    values |= {name: [one.fact(name) for one in placed] for name in facts}
    points = [Point(one.longitude, one.latitude) for one in placed]
    return gpd.GeoDataFrame(values, geometry=points, crs=CRS)


def _outline(now: datetime) -> gpd.GeoDataFrame:
    values: Mapping[str, list[str]] = {"code": [tables.CITY], "name": ["韶关市"]}
    return gpd.GeoDataFrame(values, geometry=[borders.shapes().outline], crs=CRS)


def _counties(now: datetime) -> gpd.GeoDataFrame:
    shapes = borders.shapes().counties
    names = {county.code: county.name for county in tables.counties()}
    return gpd.GeoDataFrame(
        {"code": list(shapes), "name": [names[code] for code in shapes]},
        geometry=list(shapes.values()),
        crs=CRS,
    )


def _towns(now: datetime) -> gpd.GeoDataFrame:
    shapes = borders.shapes().towns
    towns = tables.towns()
    return gpd.GeoDataFrame(
        {
            "code": [town.code for town in towns],
            "name": [town.name for town in towns],
            "county": [town.parent for town in towns],
        },
        geometry=[shapes[town.code] for town in towns],
        crs=CRS,
    )


def _rivers(now: datetime) -> gpd.GeoDataFrame:
    found = waters.rivers()
    return gpd.GeoDataFrame(
        {"name": [river.name for river in found], "grade": [river.grade for river in found]},
        geometry=[river.line for river in found],
        crs=CRS,
    )
