"""From a file to a published version."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import Point, box

from layers.contracts import Classification, ImportRequest, Outcome, VersionState
from layers.errors import BadLayer, UnknownLayer
from layers.registry import LayerRegistry
from layers.stores.files import LayerFiles

WriteCsv = Callable[..., Path]
REQUEST = ImportRequest("test.stations", crs="EPSG:4490", key="code", publish=True, by="tester")


def test_an_import_becomes_a_published_version(registry: LayerRegistry, stations: WriteCsv) -> None:
    done = registry.import_file(stations(), REQUEST)
    assert (done.outcome, done.features, done.format) == (Outcome.PUBLISHED, 2, "CSV")
    layer = registry.require("test.stations")
    version = registry.require_version("test.stations", "1")
    assert layer.version == done.version == version.id
    assert (version.geometry, version.created_by, version.attributes) == (
        "point",
        "tester",
        ("code", "name"),
    )
    assert version.crs["decided"] == "EPSG:4490"


def test_without_publish_it_is_a_draft_and_nothing_is_live(
    registry: LayerRegistry, stations: WriteCsv
) -> None:
    done = registry.import_file(stations(), ImportRequest("test.stations", crs="EPSG:4490"))
    assert done.outcome is Outcome.DRAFT
    assert registry.require("test.stations").version is None
    assert registry.require_version("test.stations", "1").state is VersionState.DRAFT


def test_original_and_master_are_kept(
    registry: LayerRegistry, files: LayerFiles, stations: WriteCsv
) -> None:
    path = stations()
    done = registry.import_file(path, REQUEST)
    version = registry.require_version("test.stations", done.version or "")
    assert files.original(version.original_sha256).read_bytes() == path.read_bytes()
    master = registry.master("test.stations", version.id)
    assert master.crs == "EPSG:4326"
    assert list(master["_fid"]) == [1, 2]


def test_ids_stay_with_their_keys_over_versions(
    registry: LayerRegistry, stations: WriteCsv
) -> None:
    registry.import_file(stations(), REQUEST)
    moved = stations(("S3", "丙", 113.8, 25.0), ("S2", "乙", 113.71, 24.9))
    done = registry.import_file(moved, REQUEST)
    master = registry.master("test.stations", done.version or "")
    assert dict(zip(master["code"], master["_fid"], strict=True)) == {"S3": 3, "S2": 2}


def test_the_same_file_again_is_the_same_version(
    registry: LayerRegistry, stations: WriteCsv
) -> None:
    first = registry.import_file(stations(), REQUEST)
    again = registry.import_file(stations(), REQUEST)
    assert again.version == first.version
    assert len(registry.versions("test.stations")) == 1


def test_degrees_without_an_outline_need_an_answer_and_leave_nothing(
    registry: LayerRegistry, stations: WriteCsv
) -> None:
    done = registry.import_file(stations(), ImportRequest("test.stations", publish=True))
    assert (done.outcome, done.version) == (Outcome.NEEDS_ANSWER, None)
    assert "没有可信界线" in done.message
    assert "--crs" in done.message
    assert registry.find("test.stations") is None


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (ImportRequest("test.stations", crs="EPSG:99"), "EPSG"),
        (ImportRequest("test.stations", crs="EPSG:4547"), "像经纬度"),
        (ImportRequest("test.stations", crs="EPSG:4326", key="站号"), "站号"),
        (ImportRequest("test.stations", crs="EPSG:4326", encoding="utf-16"), "UTF-16"),
    ],
)
def test_a_refusal_names_the_fix_and_keeps_the_old_version(
    registry: LayerRegistry, stations: WriteCsv, request_: ImportRequest, words: str
) -> None:
    live = registry.import_file(stations(), REQUEST)
    refused = registry.import_file(stations(name="另一个.csv"), request_)
    assert refused.outcome is Outcome.REFUSED
    assert words in refused.message
    assert refused.problems
    assert registry.require("test.stations").version == live.version


def test_bad_rows_are_reported_and_the_rest_is_imported(
    registry: LayerRegistry, stations: WriteCsv
) -> None:
    path = stations(("S1", "甲", 113.6, 24.8), ("S2", "乙", "", 24.9), ("S1", "丙", 113.8, 24.9))
    done = registry.import_file(path, REQUEST)
    assert done.features == 2
    assert {(one.row, one.item) for one in done.problems} == {(3, "lon"), (4, "code")}


def test_a_generated_frame_is_imported_with_its_classification(registry: LayerRegistry) -> None:
    frame = gpd.GeoDataFrame({"code": ["440203"]}, geometry=[box(113, 24, 114, 25)], crs=4326)
    request = ImportRequest(
        "city.test",
        title="示例",
        classification=Classification.PUBLIC,
        publish=True,
        demo=True,
        style={"fill": "#fff"},
    )
    first = registry.import_frame(frame, request)
    assert registry.import_frame(frame, request).version == first.version
    layer = registry.require("city.test")
    assert (layer.demo, layer.classification, layer.style) == (
        True,
        Classification.PUBLIC,
        {"fill": "#fff"},
    )


def test_demo_data_do_not_replace_real_data(registry: LayerRegistry, stations: WriteCsv) -> None:
    registry.import_file(stations(), REQUEST)
    frame = gpd.GeoDataFrame({"code": ["a"]}, geometry=[Point(113, 24)], crs=4326)
    with pytest.raises(BadLayer, match="真实数据"):
        registry.import_frame(frame, ImportRequest("test.stations", demo=True, publish=True))


def test_an_unknown_layer_is_unknown(registry: LayerRegistry) -> None:
    with pytest.raises(UnknownLayer):
        registry.require("no.such")
    with pytest.raises(UnknownLayer):
        registry.versions("no.such")


def test_the_compiled_arrays_of_a_version_stay_open(
    registry: LayerRegistry, stations: WriteCsv
) -> None:
    done = registry.import_file(stations(), REQUEST)
    opened = registry.compiled("test.stations", done.version or "")
    assert registry.compiled("test.stations", done.version or "") is opened


def test_a_code_is_found_under_its_other_names_and_kept_as_text(
    registry: LayerRegistry, tmp_path: Path
) -> None:
    path = tmp_path / "界.csv"
    path.write_text("adcode,lon,lat\n440203,113.6,24.8\n", encoding="utf-8")
    done = registry.import_file(path, ImportRequest("test.a", crs="EPSG:4490", key="code"))
    assert registry.master("test.a", done.version or "")["code"].tolist() == ["440203"]
    assert done.problems[0].problem == "取自“adcode”列"
