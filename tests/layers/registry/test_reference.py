"""The trusted outline is the city's own; with it coordinates need no question."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString, Point, box

from layers.contracts import Classification, ImportRequest, Outcome
from layers.crs.references import References
from layers.errors import NeedsAnswer, UnreadableFile
from layers.reference import OutlineReference
from layers.registry import LayerRegistry

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "admin" / "datav_gcj02"
real = pytest.mark.skipif(not SHARED.exists(), reason="旁边没有 shared/data/admin/datav_gcj02")


@pytest.fixture
def reference(registry: LayerRegistry) -> OutlineReference:
    assert registry.reference is not None
    return registry.reference


def write(path: Path, frame: gpd.GeoDataFrame) -> Path:
    frame.to_file(path, driver="GeoJSON")
    return path


def test_nothing_is_trusted_before_somebody_says_so(reference: OutlineReference) -> None:
    assert reference.outline() is None


def test_demo_geometry_never_counts(registry: LayerRegistry, reference: OutlineReference) -> None:
    frame = gpd.GeoDataFrame({"code": ["440203"]}, geometry=[box(113, 24, 114, 25)], crs=4326)
    request = ImportRequest(
        "city.counties", publish=True, demo=True, classification=Classification.PUBLIC
    )
    registry.import_frame(frame, request)
    assert reference.outline() is None


def test_an_outline_in_bare_degrees_is_never_guessed(
    reference: OutlineReference, tmp_path: Path
) -> None:
    frame = gpd.GeoDataFrame({"code": ["440203"]}, geometry=[box(113, 24, 114, 25)], crs=4326)
    with pytest.raises(NeedsAnswer, match="--crs"):
        reference.set_outline(write(tmp_path / "界.geojson", frame), "auto", "tester")


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (gpd.GeoDataFrame({"code": ["440203"]}, geometry=[Point(113, 24)], crs=4326), "面"),
        (gpd.GeoDataFrame({"n": ["甲"]}, geometry=[box(113, 24, 114, 25)], crs=4326), "代码"),
    ],
)
def test_what_is_no_outline_is_refused(
    reference: OutlineReference, tmp_path: Path, frame: gpd.GeoDataFrame, words: str
) -> None:
    with pytest.raises(UnreadableFile, match=words):
        reference.set_outline(write(tmp_path / "界.geojson", frame), "EPSG:4326", "tester")


@pytest.mark.shared
@real
def test_with_the_real_outline_real_files_are_told_apart(
    registry: LayerRegistry, reference: OutlineReference
) -> None:
    outline = reference.set_outline(SHARED / "440200_full.json", "gcj02", "tester")
    assert len(outline.codes) == 10
    done = registry.import_file(SHARED / "440281.json", ImportRequest("test.one", publish=True))
    assert (done.outcome, done.crs.decided) == (Outcome.PUBLISHED, "gcj02")


@pytest.mark.shared
@real
def test_the_real_file_declared_gcj02_is_placed_524_m_west_of_where_it_says(
    registry: LayerRegistry,
) -> None:
    request = ImportRequest("city.counties", crs="gcj02", key="adcode", publish=True)
    done = registry.import_file(SHARED / "440200_full.json", request)
    assert (done.outcome, done.features) == (Outcome.PUBLISHED, 10)
    read = gpd.read_file(SHARED / "440200_full.json").geometry.union_all().centroid
    kept = registry.master("city.counties", done.version or "").geometry.union_all().centroid
    assert 480 < (read.x - kept.x) * 101_000 < 570


def river(*more: LineString) -> gpd.GeoDataFrame:
    lines = [LineString([(113.2, 24.2), (113.8, 24.8)]), *more]
    return gpd.GeoDataFrame({"名称": [str(n) for n in range(len(lines))]}, geometry=lines, crs=4326)


@pytest.mark.parametrize("kind", ["rivers", "roads"])
def test_trusted_lines_are_set_kept_and_given(
    registry: LayerRegistry, reference: OutlineReference, tmp_path: Path, kind: str
) -> None:
    assert reference.references() == References()
    file = write(tmp_path / "线.geojson", river())
    reference.set_lines(kind, file, "EPSG:4490", "tester")
    registry.import_frame(river(), ImportRequest("test.one"))
    around = registry.surroundings(registry.require("test.one")).references
    assert around is not None
    lines = getattr(around, kind)
    assert lines.median(np.array([[113.5, 24.5]])) == pytest.approx(0.0, abs=1.0)
    assert reference.outline() is None
    record = reference.record(kind)
    assert record is not None
    assert (record.original_name, record.counties, record.set_by) == ("线.geojson", 1, "tester")


def test_the_newest_rivers_count_and_their_system_is_applied(
    reference: OutlineReference, tmp_path: Path
) -> None:
    file = write(tmp_path / "线.geojson", river())
    reference.set_lines("rivers", file, "EPSG:4490", "tester")
    first = reference.references().rivers
    reference.set_lines("rivers", file, "gcj02", "tester")
    second = reference.references().rivers
    assert first is not None
    assert second is not None
    there = shapely.get_coordinates(second.geometries)
    assert 100 < first.median(there) < 900


def test_banks_of_areas_count_as_lines(reference: OutlineReference, tmp_path: Path) -> None:
    lake = gpd.GeoDataFrame({"n": [1]}, geometry=[box(113.1, 24.1, 113.2, 24.2)], crs=4326)
    lines = reference.set_lines("rivers", write(tmp_path / "湖.geojson", lake), "4490", "tester")
    assert lines.median(np.array([[113.1, 24.15]])) < 1.0


def test_rivers_in_bare_degrees_are_never_guessed(
    reference: OutlineReference, tmp_path: Path
) -> None:
    with pytest.raises(NeedsAnswer, match="--crs"):
        reference.set_lines("rivers", write(tmp_path / "线.geojson", river()), "auto", "tester")


def test_points_are_no_rivers(reference: OutlineReference, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[Point(113, 24)], crs=4326)
    with pytest.raises(UnreadableFile, match="河流应是线"):
        reference.set_lines("rivers", write(tmp_path / "点.geojson", frame), "4490", "tester")


def test_rivers_of_another_city_are_refused(reference: OutlineReference, tmp_path: Path) -> None:
    city = gpd.GeoDataFrame({"code": ["440203"]}, geometry=[box(113, 24, 114, 25)], crs=4326)
    reference.set_outline(write(tmp_path / "界.geojson", city), "4490", "tester")
    far = gpd.GeoDataFrame({"n": [1]}, geometry=[LineString([(110, 30), (111, 31)])], crs=4326)
    with pytest.raises(UnreadableFile, match="没有一条河流在可信界线内"):
        reference.set_lines("rivers", write(tmp_path / "远.geojson", far), "4490", "tester")
    assert reference.references().rivers is None


def test_demo_rivers_never_count(registry: LayerRegistry, reference: OutlineReference) -> None:
    request = ImportRequest(
        "water.rivers", publish=True, demo=True, classification=Classification.PUBLIC
    )
    registry.import_frame(river(), request)
    assert reference.references() == References()
