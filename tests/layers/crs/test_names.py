"""How people and files name coordinate systems."""

from __future__ import annotations

import pyproj
import pytest

from layers.crs import names
from layers.errors import UnknownCRS


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("EPSG:4547", "EPSG:4547"),
        ("epsg:4547", "EPSG:4547"),
        ("4547", "EPSG:4547"),
        ("GCJ-02", "gcj02"),
        ("gcj02", "gcj02"),
        ("BD09", "bd09"),
        ("wgs84", "EPSG:4326"),
        ("CGCS2000", "EPSG:4490"),
    ],
)
def test_the_usual_spellings_are_understood(text: str, name: str) -> None:
    assert names.named(text) == name


@pytest.mark.parametrize("text", ["", "火星", "EPSG:999999", "EPSG:abc", "EPSG:4979", "EPSG:5773"])
def test_what_is_no_usable_system_is_refused_with_the_choices(text: str) -> None:
    with pytest.raises(UnknownCRS, match="gcj02"):
        names.named(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"),
        ("urn:ogc:def:crs:EPSG::4547", "EPSG:4547"),
        (pyproj.CRS("EPSG:4547").to_wkt("WKT1_ESRI"), "EPSG:4547"),
        (pyproj.CRS("EPSG:4490").to_wkt("WKT1_ESRI"), "EPSG:4490"),
        ("gcj02", "gcj02"),
        ("nonsense", None),
        (None, None),
    ],
)
def test_what_files_declare_is_brought_to_one_form(text: str | None, name: str | None) -> None:
    assert names.declared(text) == name
