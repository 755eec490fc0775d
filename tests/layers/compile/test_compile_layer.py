"""Compiling: whole or not at all, cheap to open, safe to share."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import numpy as np
import psutil
import pytest
import shapely

from layers.compile import CompiledLayer, compile_layer
from layers.compile.boxes import BoxTree, pack
from layers.contracts import Bounds
from layers.errors import StoreUnavailable, UnknownLayer


def frame(geometries: list[object], **attributes: list[object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(attributes, geometry=geometries, crs=4326)


def test_rows_without_usable_geometry_are_skipped_and_counted(tmp_path):
    bad = [
        None,
        shapely.Point(),
        shapely.Polygon(),
        shapely.GeometryCollection(),
        shapely.Point(np.inf, 1),
    ]
    info = compile_layer(
        frame([shapely.Point(113, 24), *bad]), np.arange(6), tmp_path / "c", attributes=[]
    )
    assert (info.features, info.skipped) == (1, 5)
    assert info.bounds == Bounds(113, 24, 113, 24)


@pytest.mark.parametrize(
    ("geometries", "kinds", "word"),
    [
        ([], (), "none"),
        ([shapely.Point(1, 1)], ("point",), "point"),
        ([shapely.LinearRing([(1, 1), (2, 2), (1, 2)])], ("line",), "line"),
        ([shapely.box(1, 1, 2, 2), shapely.Point(1, 1)], ("point", "polygon"), "mixed"),
    ],
)
def test_the_info_says_which_kinds_of_geometry_there_are(tmp_path, geometries, kinds, word):
    ids = np.arange(len(geometries))
    info = compile_layer(frame(geometries), ids, tmp_path / "c", attributes=[])
    assert (info.kinds, info.geometry) == (kinds, word)
    assert CompiledLayer.open(tmp_path / "c").info == info


def test_heights_are_left_out(tmp_path):
    info = compile_layer(
        frame([shapely.Point(1, 2, 3)]), np.arange(1), tmp_path / "c", attributes=[]
    )
    assert info.bounds == Bounds(1, 2, 1, 2)


@pytest.mark.parametrize("ids", [[1], [-1, 2], [1, 2**53]])
def test_ids_that_no_browser_keeps_are_refused(tmp_path, ids):
    points = [shapely.Point(1, 1), shapely.Point(2, 2)]
    with pytest.raises(ValueError, match="ids"):
        compile_layer(frame(points), np.array(ids), tmp_path / "c", attributes=[])


def test_a_failed_compilation_leaves_nothing_behind(tmp_path):
    with pytest.raises(KeyError):
        compile_layer(
            frame([shapely.Point(1, 1)]), np.arange(1), tmp_path / "c", attributes=["没有"]
        )
    assert list(tmp_path.iterdir()) == []


def test_compiling_again_replaces_while_readers_keep_what_they_have(tmp_path):
    folder = tmp_path / "c"
    for x in (1.0, 2.0):
        compile_layer(frame([shapely.Point(x, 1)]), np.arange(1), folder, attributes=[])
        if x == 1.0:
            before = CompiledLayer.open(folder)
    assert before.tile(0, 0, 0, name="p") != CompiledLayer.open(folder).tile(0, 0, 0, name="p")
    assert [each.name for each in tmp_path.iterdir()] == ["c"]


def test_the_same_frame_compiles_to_the_same_bytes(tmp_path):
    spots = np.random.default_rng(4).uniform(20, 30, (500, 2))
    for name in ("a", "b"):
        compile_layer(
            frame(list(shapely.points(spots).tolist()), v=list(range(500))),
            np.arange(500),
            tmp_path / name,
            attributes=["v"],
        )
    assert (tmp_path / "a/arrays.bin").read_bytes() == (tmp_path / "b/arrays.bin").read_bytes()


def test_a_missing_layer_and_a_damaged_one_are_told_apart(tmp_path):
    with pytest.raises(UnknownLayer, match="重新导入"):
        CompiledLayer.open(tmp_path / "none")
    folder: Path = tmp_path / "c"
    compile_layer(frame([shapely.Point(1, 1)]), np.arange(1), folder, attributes=[])
    arrays = folder / "arrays.bin"
    whole = arrays.read_bytes()
    arrays.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreUnavailable, match="不完整"):
        CompiledLayer.open(folder)
    arrays.write_bytes(whole)
    head = json.loads((folder / "head.json").read_text())
    (folder / "head.json").write_text(json.dumps(head | {"format": 0}))
    with pytest.raises(StoreUnavailable, match="过时"):
        CompiledLayer.open(folder)
    (folder / "head.json").write_text("{")
    with pytest.raises(StoreUnavailable, match="损坏"):
        CompiledLayer.open(folder)


def test_threads_read_the_same_tiles(tmp_path):
    rng = np.random.default_rng(4)
    corners = rng.uniform(20, 30, (2000, 2))
    boxes = shapely.box(corners[:, 0], corners[:, 1], *(corners + 0.3).T)
    compile_layer(frame(list(boxes)), np.arange(2000), tmp_path / "c", attributes=[])
    layer = CompiledLayer.open(tmp_path / "c")
    addresses = [(6, x, y) for x in range(35, 38) for y in range(26, 29)] * 4
    with ThreadPoolExecutor(8) as pool:
        tiles = list(pool.map(lambda a: layer.tile(*a, name="t"), addresses))
    assert tiles == [CompiledLayer.open(tmp_path / "c").tile(*a, name="t") for a in addresses]


def test_a_large_layer_costs_its_process_little_memory_beyond_the_shared_map(tmp_path):
    spots = np.random.default_rng(4).uniform((112, 23), (115, 26), (300_000, 2))
    geometry = gpd.GeoSeries(shapely.points(spots), crs=4326)
    large = gpd.GeoDataFrame({"name": [f"点{k}" for k in range(300_000)]}, geometry=geometry)
    compile_layer(large, np.arange(300_000), tmp_path / "c", attributes=["name"])
    layer = CompiledLayer.open(tmp_path / "c")
    process = psutil.Process()
    before = process.memory_full_info().uss
    for zoom in range(5, 14):
        side = 1 << zoom
        layer.tile(zoom, int(0.8153 * side), int(0.4292 * side), name="p")
    grown = process.memory_full_info().uss - before
    assert grown < 30_000_000


def test_the_box_tree_finds_what_looking_at_every_box_finds():
    rng = np.random.default_rng(12)
    for count in (0, 1, 2, 15, 16, 17, 255, 257, 5000):
        corners = rng.integers(0, 1000, (count, 2))
        leaves = np.hstack((corners, corners + rng.integers(0, 30, (count, 2))))
        tree = BoxTree(pack(leaves), count)
        for window in rng.integers(0, 1000, (20, 2)):
            x0, y0 = (int(each) for each in window)
            x1, y1 = x0 + 60, y0 + 40
            meets = (
                (leaves[:, 0] <= x1)
                & (leaves[:, 2] >= x0)
                & (leaves[:, 1] <= y1)
                & (leaves[:, 3] >= y0)
            )
            assert tree.query((x0, y0, x1, y1)).tolist() == np.flatnonzero(meets).tolist()
