"""Rasters are kept, described and shown small; bombs, links and places nobody knows are refused."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tracemalloc
import warnings
from pathlib import Path

import h5py
import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.io import MemoryFile
from scipy.io import netcdf_file

from layers.errors import UnreadableFile
from layers.readers import ReadOptions, Upload, read
from layers.sandbox.reading import read_in_sandbox

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "raster"
_PLACE = {"crs": "EPSG:4526", "transform": Affine(30, 0, 38_450_000, 0, -30, 2_750_000)}


def tif(path: Path, values: np.ndarray, **about: object) -> Upload:
    values = values if values.ndim == 3 else values[None]
    count, height, width = values.shape
    profile = {"driver": "GTiff", "count": count, "height": height, "width": width}
    profile |= {"dtype": values.dtype, **_PLACE, **about}
    with warnings.catch_warnings(action="ignore"), rasterio.open(path, "w", **profile) as target:
        target.write(values)
    return Upload(path, "高程.tif")


def nc(path: Path, *, units: str = "hours since 2026-01-01", lat: str = "degrees_north") -> Upload:
    """A NetCDF 3 like those of the compliance checker: two days on a small grid."""
    with netcdf_file(path, "w") as file:
        for name, values, unit in (
            ("time", [0.0, 1.0], units),
            ("lat", [24.0, 24.5, 25.0], lat),
            ("lon", [113.0, 113.5, 114.0, 114.5], "degrees_east"),
        ):
            file.createDimension(name, len(values))
            one = file.createVariable(name, "d", (name,))
            one[:], one.units = values, unit
            one.standard_name = {"lat": "latitude", "lon": "longitude"}.get(name, name)
        rain = file.createVariable("rain", "f", ("time", "lat", "lon"))
        rain[:], rain.units = np.arange(24).reshape(2, 3, 4), "mm"
    return Upload(path, "雨量.nc")


def png(content: bytes | None) -> np.ndarray:
    assert content is not None
    with MemoryFile(content) as memory, warnings.catch_warnings(action="ignore"):
        with memory.open(driver="PNG") as picture:
            shown: np.ndarray = picture.read()
    return shown


def test_a_geotiff_becomes_its_area_with_what_is_known_of_it(tmp_path: Path) -> None:
    reading = read(tif(tmp_path / "upload", np.arange(60_000, dtype="f4").reshape(200, 300)))
    assert (reading.format, reading.declared, len(reading.frame)) == ("GeoTIFF", "EPSG:4526", 1)
    assert reading.frame.geometry[0].bounds == (38_450_000, 2_744_000, 38_459_000, 2_750_000)
    assert reading.frame["宽(像元)"][0] == 300
    assert reading.raster is not None
    assert (reading.raster.width, reading.raster.bands, reading.raster.dtype) == (300, 1, "float32")
    assert "原件已留存" in reading.evidence[0]


def test_the_quicklook_is_small_stretched_and_transparent_without_data(tmp_path: Path) -> None:
    values = np.tile(np.linspace(0, 1000, 2000, dtype="f4"), (1000, 1))
    values[:, :500] = -9999
    shown = png(read(tif(tmp_path / "upload", values, nodata=-9999)).raster.quicklook)
    assert shown.shape == (2, 256, 512)
    assert shown[1, :, :120].max() == 0
    assert shown[1, :, 140:].min() == 255
    assert shown[0, :, 130:140].max() < 20
    assert shown[0, :, -5:].min() == 255


def test_three_bands_are_shown_in_colour(tmp_path: Path) -> None:
    values = np.random.default_rng(1).integers(0, 255, (3, 40, 50)).astype("u1")
    assert png(read(tif(tmp_path / "upload", values)).raster.quicklook).shape == (4, 40, 50)


@pytest.mark.parametrize("fill", [np.nan, np.inf, 7.0])
def test_a_raster_of_one_value_or_none_has_a_quicklook_too(tmp_path: Path, fill: float) -> None:
    values = np.full((10, 10), fill, dtype="f4")
    shown = png(read(tif(tmp_path / "upload", values)).raster.quicklook)
    assert set(np.unique(shown[1])) == ({255} if fill == 7.0 else {0})


def test_a_pixel_bomb_is_refused_by_its_header_before_a_pixel_is_read(tmp_path: Path) -> None:
    bomb = tmp_path / "upload"
    about = {"driver": "GTiff", "count": 1, "height": 100_000, "width": 100_000, "dtype": "uint8"}
    about |= {"SPARSE_OK": True, "tiled": True, "compress": "deflate", **_PLACE}
    with rasterio.open(bomb, "w", **about):
        pass
    assert bomb.stat().st_size < 10_000_000
    tracemalloc.start()
    with pytest.raises(UnreadableFile, match="声称解开后有 10,000,000,000 字节"):
        read(Upload(bomb, "炸弹.tif"))
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_more_pixels_than_any_city_has_are_refused(tmp_path: Path) -> None:
    about = {"driver": "GTiff", "count": 1, "height": 200_000, "width": 200_000, "dtype": "uint8"}
    about |= {"SPARSE_OK": True, "tiled": True, "blockxsize": 4096, "blockysize": 4096, **_PLACE}
    with rasterio.open(tmp_path / "upload", "w", BIGTIFF="YES", **about):
        pass
    with pytest.raises(UnreadableFile, match="超出上限"):
        read(Upload(tmp_path / "upload", "大.tif"))


def test_one_giant_block_is_refused(tmp_path: Path) -> None:
    about = {"driver": "GTiff", "count": 1, "height": 30_000, "width": 30_000, "dtype": "uint8"}
    about |= {"SPARSE_OK": True, "tiled": True, "blockxsize": 32_768}
    about |= {"blockysize": 32_768, "compress": "deflate", **_PLACE}
    with rasterio.open(tmp_path / "upload", "w", **about):
        pass
    with pytest.raises(UnreadableFile, match="数据块"):
        read(Upload(tmp_path / "upload", "块.tif"))


def test_without_georeference_it_is_refused_with_the_way_out(tmp_path: Path) -> None:
    upload = tif(tmp_path / "upload", np.zeros((4, 4), "u1"), crs=None, transform=None)
    with pytest.raises(UnreadableFile, match=r"没有地理参考.*配准"):
        read(upload)


def test_a_world_file_or_aux_beside_the_upload_is_not_looked_at(tmp_path: Path) -> None:
    upload = tif(tmp_path / "upload.tif", np.zeros((4, 4), "u1"), crs=None, transform=None)
    (tmp_path / "upload.tfw").write_text("30\n0\n0\n-30\n500000\n2700000\n")
    with pytest.raises(UnreadableFile, match="没有地理参考"):
        read(upload)


def test_a_virtual_raster_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_text('<VRTDataset rasterXSize="1" rasterYSize="1"><SRS>EPSG:4326</SRS></VRTDataset>')
    with pytest.raises(UnreadableFile):
        read(Upload(path, "看似.tif"))


@pytest.mark.parametrize("keep", [8, 200, 1500])
def test_a_broken_file_is_refused_in_words(tmp_path: Path, keep: int) -> None:
    upload = tif(tmp_path / "whole", np.random.default_rng(1).random((200, 200)))
    upload.path.write_bytes(upload.path.read_bytes()[:keep])
    with pytest.raises(UnreadableFile, match=r"读不出|没有地理参考"):
        read(upload)


def test_a_netcdf_3_is_described_and_its_cf_problems_are_told(tmp_path: Path) -> None:
    reading = read(nc(tmp_path / "upload", units="s", lat="degrees"))
    assert (reading.format, reading.raster.bands) == ("NetCDF", 2)
    told = {one.item: one.problem for one in reading.problems}
    assert "没有声明" in told["Conventions"]
    assert "没有起点" in told["time"]
    assert "纬度的单位" in told["lat"]
    assert "lon" not in told
    assert {one.row for one in reading.problems} == {None}


def test_a_clean_netcdf_has_no_problem_with_time_or_place(tmp_path: Path) -> None:
    told = {one.item for one in read(nc(tmp_path / "upload")).problems}
    assert not told & {"time", "lat", "lon"}


def test_of_several_variables_one_is_shown_and_all_are_named(tmp_path: Path) -> None:
    upload = nc(tmp_path / "upload")
    with netcdf_file(upload.path, "a") as file:
        more = file.createVariable("wind", "f", ("time", "lat", "lon"))
        more[:] = 1.0
    assert read(upload).part == "rain"
    chosen = read(upload, ReadOptions(part="wind"))
    assert chosen.part == "wind"
    assert [one.name for one in chosen.parts] == ["rain", "wind"]


@pytest.mark.parametrize("kind", ["link", "storage", "virtual"])
def test_hdf5_that_points_to_another_file_is_refused(tmp_path: Path, kind: str) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(bytes(400))
    with h5py.File(tmp_path / "upload", "w") as file:
        inner = file.create_group("a/b")
        if kind == "link":
            inner["z"] = h5py.ExternalLink(str(secret), "/x")
        elif kind == "storage":
            inner.create_dataset("z", (100,), "f4", external=[(str(secret), 0, 400)])
        else:
            layout = h5py.VirtualLayout((10,), "f4")
            layout[:] = h5py.VirtualSource(str(secret), "x", (10,))
            inner.create_virtual_dataset("z", layout)
    with pytest.raises(UnreadableFile, match="指向别的文件"):
        read(Upload(tmp_path / "upload", "链.nc"))


def test_both_gdals_live_in_one_process_in_either_order(tmp_path: Path) -> None:
    tif(tmp_path / "a.tif", np.zeros((4, 4), "u1"))
    (tmp_path / "b.kml").write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>甲</name>'
        "<Point><coordinates>113.6,24.8</coordinates></Point></Placemark></kml>"
    )
    program = (
        "import geopandas, sys; from pathlib import Path; from shapely import Point\n"
        "from layers.readers import Upload, read\n"
        "folder = Path(sys.argv[1])\n"
        "frame = geopandas.GeoDataFrame({'n': [1]}, geometry=[Point(113, 24)], crs=4326)\n"
        "for at in range(3):\n"
        "    frame.to_file(folder / f'c{at}.gpkg')\n"
        "    a = read(Upload(folder / 'a.tif', 'a.tif')); assert a.declared == 'EPSG:4526'\n"
        "    c = read(Upload(folder / f'c{at}.gpkg', 'c.gpkg')); assert len(c.frame) == 1\n"
    )
    command = [sys.executable, "-W", "error", "-c", program, str(tmp_path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="旁边没有 shared/data/raster")
@pytest.mark.parametrize(
    "path",
    sorted([*SHARED.rglob("*.tif"), *SHARED.rglob("*.nc")]),
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_a_real_raster_is_described_or_refused_in_words(tmp_path: Path, path: Path) -> None:
    upload = Upload(tmp_path / "upload", path.name)
    shutil.copyfile(path, upload.path)
    if path.name in {"dataset_2d.nc", "unicode.nc"}:
        with pytest.raises(UnreadableFile, match="没有地理参考"):
            read(upload)
        return
    reading = read(upload)
    assert reading.raster is not None
    assert max(png(reading.raster.quicklook).shape[1:]) <= 512


def test_a_raster_comes_through_the_sandbox_whole(tmp_path: Path) -> None:
    upload = tif(tmp_path / "upload", np.arange(600, dtype="f4").reshape(20, 30))
    reading = read_in_sandbox(upload)
    assert png(reading.raster.quicklook).shape == (2, 20, 30)
    assert reading.declared == "EPSG:4526"
