"""Versions that an older program compiled are drawn as they are, and renewed in time."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
from shapely import box

from layers.contracts import ImportRequest
from layers.registry import LayerRegistry

TILE = (6, 52, 27)


def test_an_old_layer_is_drawn_without_labels_until_it_is_renewed_under_the_same_ids(
    registry: LayerRegistry,
) -> None:
    frame = gpd.GeoDataFrame(
        {"code": ["A", "B"]}, geometry=[box(113, 24, 114, 25), box(114, 24, 115, 25)], crs=4326
    )
    outcome = registry.import_frame(frame, ImportRequest("old.areas", key="code", publish=True))
    version = outcome.version or ""
    fresh = registry.compiled("old.areas", version)
    drawn = fresh.tile(*TILE, name="l", with_labels=True)
    (path,) = registry._files._root.glob(f"versions/old.areas/{version}/compiled/head.json")
    head = json.loads(path.read_text())
    arrays = {name: at for name, at in head["arrays"].items() if "/labels/" not in name}
    path.write_text(json.dumps(head | {"format": 1, "arrays": arrays}))
    registry._cache._open.clear()
    old = registry.compiled("old.areas", version)
    assert old.tile(*TILE, name="l", with_labels=True) == old.tile(*TILE, name="l")
    assert registry.renew() == 1
    assert registry.compiled("old.areas", version).tile(*TILE, name="l", with_labels=True) == drawn
    assert registry.renew() == 0


def test_ids_stay_with_their_keys_through_a_changed_file_into_the_tiles(
    registry: LayerRegistry,
) -> None:
    def imported(codes: list[str], shift: float) -> dict[str, int]:
        shapes = [box(113 + n * 0.1, 24 + shift, 113.09 + n * 0.1, 24.1) for n in range(len(codes))]
        frame = gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=4326)
        request = ImportRequest("kept.ids", key="code", publish=True)
        compiled = registry.compiled(
            "kept.ids", registry.import_frame(frame, request).version or ""
        )
        part = compiled.parts[0]
        records = part.columns.records(np.arange(len(part.ids)))
        return {str(one["code"]): int(i) for one, i in zip(records, part.ids, strict=True)}

    first = imported(["A", "B", "C"], 0.0)
    second = imported(["D", "C", "A"], 0.01)
    third = imported(["B", "D", "A", "C"], 0.02)
    assert {key: second[key] for key in "AC"} == {key: first[key] for key in "AC"}
    assert second["D"] not in first.values()
    assert third == first | second
