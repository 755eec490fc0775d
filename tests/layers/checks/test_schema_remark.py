"""Our own column of remarks is nothing that a new version could lose."""

from __future__ import annotations

import geopandas as gpd
import shapely

from layers.checks.schema import schema_change, schema_of


def test_a_version_with_remarks_and_one_without_have_the_same_schema() -> None:
    plain = gpd.GeoDataFrame({"code": ["1"]}, geometry=[shapely.Point(113.6, 24.8)])
    marked = plain.assign(待核=["位于市域外 2.3 km(南)"])
    assert schema_change(schema_of(marked, "code"), schema_of(plain, "code")) is None
    assert schema_change(schema_of(plain, "code"), schema_of(marked, "code")) is None
