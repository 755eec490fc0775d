"""The stylised city is one partition, looks the same every time, and holds its seats."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import datetime

import pytest
import shapely
from shapely.geometry import Point

from app.demo import borders, places, registers, tables, waters
from app.demo.layers import demo_layers
from app.demo.periods import CHINA

SHAPES = borders.shapes()
NOW = datetime(2026, 11, 22, 10, 24, tzinfo=CHINA)
KM2 = 111.32**2 * 0.907


def test_there_are_ten_counties_and_a_hundred_and_five_towns() -> None:
    assert (len(SHAPES.counties), len(SHAPES.towns)) == (10, 105)


@pytest.mark.parametrize("county", tables.counties(), ids=lambda county: county.name)
def test_each_county_holds_its_seat(county: tables.CountyFacts) -> None:
    assert SHAPES.counties[county.code].contains(Point(county.longitude, county.latitude))


@pytest.mark.parametrize("level", ["counties", "towns"])
def test_neighbours_share_their_border_vertex_by_vertex(level: str) -> None:
    assert shapely.coverage_is_valid(list(getattr(SHAPES, level).values()))


def test_the_towns_of_a_county_leave_nothing_of_it_over() -> None:
    for code, county in SHAPES.counties.items():
        own = [SHAPES.towns[town.code] for town in tables.towns() if town.parent == code]
        assert shapely.coverage_union_all(own).equals(county)


def test_the_counties_leave_nothing_of_the_city_over() -> None:
    assert sum(one.area for one in SHAPES.counties.values()) == pytest.approx(SHAPES.outline.area)


def test_every_shape_is_one_valid_polygon() -> None:
    shapes = [*SHAPES.counties.values(), *SHAPES.towns.values(), SHAPES.outline]
    assert {one.geom_type for one in shapes} == {"Polygon"}
    assert all(one.is_valid for one in shapes)


@pytest.mark.parametrize("county", tables.counties(), ids=lambda county: county.name)
def test_areas_are_about_right(county: tables.CountyFacts) -> None:
    assert SHAPES.counties[county.code].area * KM2 == pytest.approx(county.area_km2, rel=0.15)


def test_no_town_is_a_sliver() -> None:
    assert min(one.area * KM2 for one in SHAPES.towns.values()) > 20


def test_another_run_draws_the_same_city() -> None:
    code = "from app.demo import borders; print(borders.shapes().outline.wkb_hex[:4000])"
    again = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert again.stdout.strip() == SHAPES.outline.wkb_hex[:4000]


def test_the_two_rivers_meet_at_the_city_centre_and_flow_on_as_one() -> None:
    lines = {river.name: river.line for river in waters.rivers()}
    head = Point(lines["北江"].coords[0])
    assert Point(lines["浈江"].coords[-1]).distance(head) < 0.003
    assert Point(lines["武江"].coords[-1]).distance(head) < 0.003
    assert lines["北江"].coords[-1][1] < head.y


def test_rivers_stay_inside_the_city() -> None:
    inside = SHAPES.outline.buffer(1e-5)
    assert all(inside.contains(river.line) for river in waters.rivers())


def test_every_section_lies_on_the_river_it_is_named_after() -> None:
    lines = {river.name: river.line for river in waters.rivers()}
    sections = next(one for one in demo_layers() if one.id == "water.sections").frame(NOW)
    distances = [lines[row.river].distance(row.geometry) for row in sections.itertuples()]
    assert max(distances) < 1e-5
    assert all(
        SHAPES.counties[row.region].buffer(0.01).contains(row.geometry)
        for row in sections.itertuples()
    )


@pytest.mark.parametrize("name", ["air_stations"])
def test_places_lie_in_the_county_they_name(name: str) -> None:
    for row in getattr(places, name)().itertuples():
        assert SHAPES.counties[row.region].buffer(0.01).contains(row.geometry)


def test_registers_lie_in_the_county_they_name_and_are_small() -> None:
    frames = [places.kitchens(NOW), registers.inspections(NOW), registers.equipment(NOW)]
    frames.append(registers.projects(NOW))
    for frame in frames:
        assert 0 < len(frame) <= 200
        for row in frame.itertuples():
            assert SHAPES.counties[row.region].buffer(0.01).contains(row.geometry)


def test_the_same_place_names_in_two_counties_keep_two_codes() -> None:
    twice = [name for name, n in Counter(t.name for t in tables.towns()).items() if n > 1]
    assert sorted(twice) == ["大桥镇", "黄坑镇"]


def test_every_layer_has_its_key_in_every_feature() -> None:
    for layer in demo_layers():
        frame = layer.frame(NOW)
        assert frame[layer.key].is_unique
        assert frame.crs.to_epsg() == 4326
