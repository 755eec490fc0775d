"""Counts, sums and means of a real layer's features by region."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import sqlalchemy as sa
from shapely import Point

from layers.contracts import ImportRequest
from layers.registry import LayerRegistry
from layers.stores.files import LayerFiles
from layers.stores.postgres import PostgresLayers
from topics.kit.errors import SourceRefused
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.assembly import RegistryLayers
from topics.kit.refresh.layer_source import by_region


@pytest.fixture
def registry(engine: sa.Engine, tmp_path: Path) -> LayerRegistry:
    made = LayerRegistry(PostgresLayers(engine), LayerFiles(tmp_path / "layers"))
    sites = gpd.GeoDataFrame(
        {
            "region": ["440203", "440203", "440203", "440204", None],
            "area": [1.0, None, 4.0, None, 5.0],
            "name": ["甲", "乙", "丙", "丁", "戊"],
        },
        geometry=[Point(113.5 + n / 10, 24.8) for n in range(5)],
        crs=4326,
    )
    made.import_frame(sites, ImportRequest("air.sites", publish=True))
    return made


def _measured(registry: LayerRegistry, **options: Any) -> dict[str, float]:
    spec = RefresherSpec(
        id="air.count",
        kind="layer",
        layer="air.sites",
        schedule="1m",
        indicators=("air.count",),
        **options,
    )
    return by_region(spec, list(RegistryLayers(registry).attributes("air.sites")))


def test_features_are_counted_by_region(registry: LayerRegistry) -> None:
    assert _measured(registry) == {"440203": 3, "440204": 1}


@pytest.mark.parametrize(("measure", "value"), [("sum", 5), ("mean", 2.5)])
def test_gaps_of_an_attribute_are_left_out(
    registry: LayerRegistry, measure: str, value: float
) -> None:
    assert _measured(registry, measure=measure, attribute="area") == {"440203": value}


def test_a_field_that_is_not_there_is_named_with_those_that_are(registry: LayerRegistry) -> None:
    with pytest.raises(SourceRefused, match=r"没有字段 size.*area"):
        _measured(registry, measure="sum", attribute="size")


def test_a_field_that_holds_no_numbers_is_refused_with_its_cell(registry: LayerRegistry) -> None:
    with pytest.raises(SourceRefused, match="name:“甲”不是数"):
        _measured(registry, measure="sum", attribute="name")


def test_only_features_that_fit_count_and_a_region_whose_last_one_went_is_zero() -> None:
    spec = RefresherSpec.model_validate(
        {"id": "a.b", "kind": "layer", "layer": "a.l", "schedule": "1m", "indicators": ["a.i"]}
        | {"where": {"state": ["在用", "试用"], "grade": 2}}
    )
    features = [
        {"region": "440203", "state": "在用", "grade": 2},
        {"region": "440203", "state": "试用", "grade": "2"},
        {"region": "440203", "state": "停用", "grade": 2},
        {"region": "440204", "state": "在用", "grade": 1},
    ]
    assert by_region(spec, features) == {"440203": 2, "440204": 0}
