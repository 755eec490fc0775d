"""The trusted outline is the city's own; with it coordinates need no question."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from shapely import Point, box

from layers.contracts import Classification, ImportRequest, Outcome
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
