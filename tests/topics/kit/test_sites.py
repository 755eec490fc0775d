"""Sites: places inside regions that have values of their own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from topics.kit.contracts import Region
from topics.kit.errors import BadManifest
from topics.kit.manifest_tables import SiteSpec
from topics.kit.regions import RegionTree
from topics.kit.sites import read_sites

CITY = Region("440200", "韶关市", "韶关", "city", None, 0, date.min)
COUNTY = Region("440205", "曲江区", "曲江区", "county", "440200", 1, date.min)


def _table(folder: Path, *rows: str, head: str = "code,name,region,lon,lat,river") -> list[Region]:
    (folder / "sections.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    return read_sites(folder, [SiteSpec(kind="断面", file="sections.csv")])


def test_a_site_keeps_its_place_and_its_own_columns(tmp_path: Path) -> None:
    (site,) = _table(tmp_path, "S1,白沙,440205,113.6,24.7,北江")
    assert (site.level, site.kind, site.parent) == ("site", "断面", "440205")
    assert (site.longitude, site.latitude) == (113.6, 24.7)
    assert site.fact("river") == "北江"
    assert site.fact("nothing") == ""


def test_sites_are_found_by_code_but_are_no_regions(tmp_path: Path) -> None:
    sites = _table(tmp_path, "S1,白沙,440205,,,北江")
    tree = RegionTree([CITY, COUNTY]).with_sites(sites)
    assert tree.find("S1") == sites[0]
    assert [one.code for one in tree.path("S1")] == ["440200", "440205", "S1"]
    assert tree.children("440205") == ()
    assert [one.code for one in tree.all()] == ["440200", "440205"]
    assert tree.sites("440200", "断面") == tuple(sites)
    assert tree.sites("440200", "空气站") == ()
    assert tree.at_level("site") == tuple(sites)


@pytest.mark.parametrize("lon", ["一百一十三", "181", "nan"])
def test_a_place_that_is_none_is_refused_with_its_row(tmp_path: Path, lon: str) -> None:
    with pytest.raises(BadManifest, match="第 2 行 lon"):
        _table(tmp_path, f"S1,白沙,440205,{lon},24.7,北江")


def test_a_site_without_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadManifest, match="第 2 行 name 为空"):
        _table(tmp_path, "S1,,440205,113.6,24.7,北江")


def test_a_site_in_no_region_is_refused(tmp_path: Path) -> None:
    sites = _table(tmp_path, "S1,白沙,440299,113.6,24.7,北江")
    with pytest.raises(BadManifest, match="440299"):
        RegionTree([CITY, COUNTY]).with_sites(sites)


def test_a_kind_that_is_traced_names_its_network() -> None:
    with pytest.raises(ValueError, match="network"):
        SiteSpec(kind="排污口", file="outfalls.csv", traced="upstream")
