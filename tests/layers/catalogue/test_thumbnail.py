"""Thumbnails: small whatever the layer, sound SVG, showing what is there."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely

from layers.catalogue.thumbnail import HEIGHT, WIDTH, Inks, thumbnail

INKS = Inks("#FFFFFF", "#AEB9C4", "#0B7285")
RNG = np.random.default_rng(7)
SPOTS = RNG.uniform((112.9, 24.0), (114.5, 25.3), (20_000, 2))


def ragged(spot: np.ndarray) -> shapely.Polygon:
    angle = np.sort(RNG.uniform(0, 2 * np.pi, 900))
    reach = RNG.uniform(0.02, 0.1, 900)
    return shapely.Polygon(spot + np.column_stack((np.cos(angle), np.sin(angle))) * reach[:, None])


@pytest.mark.parametrize(
    "shapes",
    [
        shapely.points(SPOTS).tolist(),
        shapely.box(*SPOTS[:3000].T, *(SPOTS[:3000] + 0.001).T).tolist(),
        [ragged(spot) for spot in SPOTS[:200]],
        shapely.linestrings(SPOTS.reshape(-1, 50, 2)).tolist(),
        [shapely.Point(113, 24)],
        [shapely.Point(113, 24), shapely.box(113, 24, 113.2, 24.3)],
        [],
    ],
    ids=["points", "buildings", "ragged", "lines", "one", "mixed", "nothing"],
)
def test_a_picture_is_sound_and_below_15_kb(compiled: Any, shapes: list[object]) -> None:
    outline = compiled([ragged(np.array([113.7, 24.7])) for _ in range(10)])
    for over in (None, outline):
        picture = thumbnail(compiled(shapes), over, INKS)
        assert len(picture.encode()) <= 15_000
        ElementTree.fromstring(picture)


def test_a_layer_is_drawn_within_the_picture(compiled: Any) -> None:
    picture = thumbnail(compiled(shapely.points(SPOTS).tolist()), None, INKS)
    places = re.findall(r"M(-?\d+) (-?\d+)h0", picture)
    assert len(places) > 100
    assert all(0 <= int(x) <= WIDTH and 0 <= int(y) <= HEIGHT for x, y in places)


def test_a_small_layer_is_shown_on_the_window_of_the_city(compiled: Any) -> None:
    city = compiled([shapely.box(113, 24, 115, 25.25)])
    picture = thumbnail(compiled([shapely.Point(114, 24.6267)]), city, INKS)
    ((x, y),) = re.findall(r"M(\d+) (\d+)h0", picture)
    assert (int(x), int(y)) == (pytest.approx(WIDTH / 2, abs=8), pytest.approx(HEIGHT / 2, abs=8))


def test_the_same_version_gives_the_same_picture(compiled: Any) -> None:
    layer = compiled(shapely.points(SPOTS).tolist())
    assert thumbnail(layer, None, INKS) == thumbnail(layer, None, INKS)
