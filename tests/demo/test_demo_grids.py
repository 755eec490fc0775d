"""The demo's unit grids: codes by the rule, towns divided without a gap."""

from __future__ import annotations

from datetime import datetime

import shapely

from app.demo import borders, event_density, unit_grids
from app.demo.periods import CHINA
from layers.catalogue.style import checked_style
from layers.crs import beidou
from topics.grid.codes import read_grid
from topics.grid.unit_grids import area_km2, check_grids
from topics.kit.catalogue import SHIPPED
from topics.kit.manifest import load_manifest
from topics.kit.sites import read_sites

GRIDS = load_manifest(SHIPPED / "grid")
NOW = datetime(2026, 11, 22, 10, 24, tzinfo=CHINA)
SITES = read_sites(GRIDS.folder, GRIDS.sites)


def test_two_districts_have_a_hundred_and_twenty() -> None:
    assert len(SITES) == len(unit_grids.shapes()) == 120
    assert {one.code[:6] for one in SITES} == {"440203", "440204"}


def test_they_divide_their_communities() -> None:
    assert not check_grids(unit_grids.shapes(), unit_grids.communities())


def test_the_grids_of_a_town_leave_nothing_of_it_over() -> None:
    for town in {one.parent or "" for one in SITES}:
        own = [shape for code, shape in unit_grids.shapes().items() if code.startswith(town)]
        whole = borders.shapes().towns[town]
        assert shapely.union_all(own).symmetric_difference(whole).area < 1e-6 * whole.area


def test_each_middle_lies_in_its_grid_and_carries_its_beidou_code() -> None:
    for site in SITES:
        assert site.longitude is not None
        assert site.latitude is not None
        assert unit_grids.grid_of(shapely.Point(site.longitude, site.latitude)) == site.code
        assert beidou.encode(site.longitude, site.latitude, 5) == site.fact("beidou")
        assert read_grid(site.code).town == site.parent


def test_the_table_says_each_area() -> None:
    for site in SITES:
        assert abs(float(site.fact("area_km2")) - area_km2(unit_grids.shapes()[site.code])) < 0.001


def test_a_point_without_a_grid_has_none() -> None:
    assert unit_grids.grid_of(shapely.Point(114.3, 25.1)) == ""


def test_the_density_style_is_one_the_catalogue_keeps() -> None:
    said = event_density.style()
    assert checked_style(said, ["per_km2"])["classes"][0]["min"] == 0
