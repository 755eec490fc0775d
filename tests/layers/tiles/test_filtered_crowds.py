"""Filtered tiles of very many points say the same as looking at each point would."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from tile_space import COLUMN, ROW, ZOOM, degrees, features

from layers.compile import CompiledLayer
from layers.compile.passing import KeptPassing, Passing
from layers.windows import parse_filter

COUNT = 60_000


@pytest.fixture
def crowd(compiled) -> CompiledLayer:
    spots = np.random.default_rng(3).uniform(0, 4096, (COUNT, 2))
    kinds = np.arange(COUNT) % 10
    return compiled(
        list(degrees(shapely.points(spots))),
        kind=kinds.tolist(),
        rare=["有" if number < 90 else "无" for number in range(COUNT)],
    )


def cells(layer: CompiledLayer, text: str, zoom: int, column: int, row: int):
    found = features(layer.tile(zoom, column, row, name="p", where=parse_filter(text)))
    return {each.id: (each.properties["n"], each.parts) for each in found}


def parent(steps: int) -> tuple[int, int, int]:
    return ZOOM - steps, COLUMN >> steps, ROW >> steps


def test_cells_count_exactly_the_points_that_pass(crowd):
    found = cells(crowd, "kind<3", *parent(1))
    assert sum(count for count, _ in found.values()) == COUNT * 3 // 10


def test_a_filter_that_all_points_pass_changes_no_cell(crowd):
    place = parent(1)
    unfiltered = features(crowd.tile(*place, name="p"))
    assert cells(crowd, "kind>=0", *place) == {
        each.id: (each.properties["n"], each.parts) for each in unfiltered
    }


def test_few_that_pass_are_shown_singly_with_their_attributes(crowd):
    found = features(crowd.tile(*parent(1), name="p", where=parse_filter("rare=有")))
    assert [each.properties["rare"] for each in found] == ["有"] * 90


def test_a_crowded_tile_and_its_uncrowded_parts_count_the_same(crowd):
    zoom, column, row = parent(1)
    inner = [(zoom + 1, 2 * column + dx, 2 * row + dy) for dx in (0, 1) for dy in (0, 1)]
    parts = [
        features(crowd.tile(*place, name="p", where=parse_filter("kind=4"))) for place in inner
    ]
    owned = sum(
        each.properties.get("n", 1)
        for part in parts
        for each in part
        if all(0 <= axis < 4096 for axis in each.parts[0][0][0])
    )
    whole = sum(count for count, _ in cells(crowd, "kind=4", zoom, column, row).values())
    assert whole == owned == COUNT // 10


def test_what_is_kept_stays_within_its_memory_and_the_last_is_always_kept():
    grid = np.zeros((100, 2), np.int32)
    kept, made = KeptPassing(most=3000), []

    def get(number: int) -> None:
        def make() -> Passing:
            made.append(number)
            return Passing.of(np.arange(50), grid)

        kept.get((number, ""), make)

    for number in (1, 2, 1, 3, 1, 2):
        get(number)
    assert made == [1, 2, 3, 2]
