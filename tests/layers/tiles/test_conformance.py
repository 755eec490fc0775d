"""The strict decoder knows the specification, and our encoder says the same as valid tiles."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from strict_mvt import Feature, Invalid, Layer, decode

from layers.tiles import values
from layers.tiles.commands import Commands, draw, grouped_dots
from layers.tiles.framing import Batch, Tags, layer
from layers.tiles.ragged import Ragged, offsets_of

FIXTURES = Path(__file__).resolve().parents[4] / "shared/data/conformance/mvt-fixtures"

# Valid to the fixtures' authors, refused by us all the same.
LENIENT = {
    "016": "has no geometry type (their 003, the same bytes but for a field, is invalid)",
    "039": "is a tile of version 1",
    "057": "announces more vertices than it has",
}


def is_valid(folder: Path) -> bool:
    info = json.loads((folder / "info.json").read_text())
    return info["validity"]["v2"] and folder.name not in LENIENT


def fixtures(*, valid: bool) -> list[object]:
    if not FIXTURES.is_dir():
        reason = "the public MVT fixtures are not beside the repository"
        return [pytest.param(FIXTURES, marks=pytest.mark.skip(reason=reason))]
    folders = sorted(each for each in FIXTURES.iterdir() if each.is_dir())
    return [pytest.param(each, id=each.name) for each in folders if valid is is_valid(each)]


@pytest.mark.shared
@pytest.mark.parametrize("folder", fixtures(valid=False))
def test_an_invalid_public_tile_is_refused(folder):
    with pytest.raises(Invalid):
        decode((folder / "tile.mvt").read_bytes())


@pytest.mark.shared
@pytest.mark.parametrize("folder", fixtures(valid=True))
def test_a_valid_public_tile_means_the_same_after_our_encoder(folder):
    for each in decode((folder / "tile.mvt").read_bytes()):
        check_round_trip(each)


def field(number: int, payload: bytes) -> bytes:
    return bytes((number << 3 | 2, len(payload))) + payload


def tile(
    geometry: bytes, kind: int = 3, tags: bytes = b"\x00\x00", tail: bytes = b"\x78\x02"
) -> bytes:
    feature = b"\x08\x01" + field(2, tags) + bytes((0x18, kind)) + field(4, geometry)
    body = field(1, b"x") + field(2, feature) + field(3, b"k") + field(4, b"\x28\x07") + tail
    return field(3, body)


# MoveTo(0, 0), LineTo (0, +5), (+5, 0) …: moving right first is an exterior ring (y down).
EXTERIOR = bytes((9, 0, 0, 18, 10, 0, 0, 10, 15))
HOLE = bytes((9, 0, 0, 18, 0, 10, 10, 0, 15))


def test_our_own_small_tile_is_accepted():
    (found,) = decode(tile(EXTERIOR))
    assert found.features[0].parts == [[[(0, 0), (5, 0), (5, 5)]]]
    assert found.features[0].properties == {"k": 7}
    check_round_trip(found)


@pytest.mark.parametrize(
    "broken",
    [
        tile(HOLE),  # a hole first: the winding is wrong
        tile(EXTERIOR[:-1]),  # not closed
        tile(EXTERIOR[:-1] + bytes((23,))),  # ClosePath twice
        tile(bytes((9, 0, 0, 18, 10, 0, 0, 0, 15))),  # a LineTo that stays
        tile(bytes((9, 0, 0, 18, 10, 0, 10, 0, 15))),  # no area
        tile(bytes((9, 0, 0, 26, 10, 0, 0, 10, 15))),  # a vertex is missing
        tile(bytes((15, 9, 0, 0)), kind=2),  # ClosePath in a line
        tile(bytes((17, 0, 0)), kind=1),  # half of the points
        tile(EXTERIOR, tags=b"\x00"),  # a key without its value
        tile(EXTERIOR, tags=b"\x00\x01"),  # a value outside of the table
        tile(EXTERIOR, tail=b"\x78\x01"),  # version 1
        tile(EXTERIOR, tail=b""),  # no version
        tile(EXTERIOR) * 2,  # one name twice
        tile(EXTERIOR)[:-1],  # ends early
        tile(EXTERIOR, kind=4),
    ],
)
def test_a_broken_tile_of_our_own_is_refused(broken):
    with pytest.raises(Invalid):
        decode(broken)


def check_round_trip(source: Layer) -> None:
    for kind in (1, 2, 3):
        chosen = [each for each in source.features if each.kind == kind]
        if not chosen:
            continue
        (again,) = decode(layer(source.name, [encoded(kind, chosen)]))
        assert again.name == source.name
        assert [(e.kind, e.properties, e.parts) for e in again.features] == [
            (e.kind, e.properties, e.parts) for e in chosen
        ]
        assert [e.id for e in again.features] == [e.id or 0 for e in chosen]


def encoded(kind: int, chosen: list[Feature]) -> Batch:
    keys = list(dict.fromkeys(key for each in chosen for key in each.properties))
    tags = [tags_of(key, [each.properties.get(key) for each in chosen]) for key in keys]
    return Batch(kind, np.array([each.id or 0 for each in chosen]), commands_of(kind, chosen), tags)


def tags_of(key: str, column: list[object]) -> Tags:
    known = list(dict.fromkeys((type(each), each) for each in column if each is not None))
    codes = np.array([-1 if each is None else known.index((type(each), each)) for each in column])

    def messages(used: np.ndarray) -> bytes:
        return b"".join(values.encode(known[code][1]) for code in used)

    return Tags(key, codes, len(known), messages)


def commands_of(kind: int, chosen: list[Feature]) -> Commands:
    rings = [ring for each in chosen for part in each.parts for ring in part]
    count = offsets_of(np.array([len(each.parts) for each in chosen]))
    if kind == 1:
        return grouped_dots(np.array([ring[0] for ring in rings]), count)
    closed = [ring + ring[:1] if kind == 3 else ring for ring in rings]
    vertices = np.array([vertex for ring in closed for vertex in ring])
    parts = offsets_of(np.array([len(part) for each in chosen for part in each.parts]))
    ring_offsets = offsets_of(np.array([len(ring) for ring in closed]))
    return draw(Ragged(vertices, ring_offsets, parts, count), areal=kind == 3)
