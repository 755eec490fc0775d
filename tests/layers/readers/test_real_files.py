"""Real and broken files of other projects: each is read or refused in words, never a traceback."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from layers.errors import NeedsAnswer, UnreadableFile
from layers.readers import Upload, read

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
pytestmark = pytest.mark.shared


def files(folder: str) -> list[Path]:
    return sorted(path for path in (SHARED / folder).rglob("*") if path.is_file())


@pytest.mark.skipif(not (SHARED / "messy").exists(), reason="旁边没有 shared/data/messy")
@pytest.mark.parametrize("path", files("messy"), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_messy_file_is_read_or_refused_in_words(tmp_path: Path, path: Path) -> None:
    upload = tmp_path / "upload"
    shutil.copyfile(path, upload)
    with suppress(UnreadableFile, NeedsAnswer):
        reading = read(Upload(upload, path.name))
        assert len(reading.frame) == len(reading.rows) > 0
        assert reading.frame.geometry.notna().all()


@pytest.mark.skipif(not (SHARED / "series").exists(), reason="旁边没有 shared/data/series")
def test_the_national_station_list_in_gbk_is_read(tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    shutil.copyfile(SHARED / "series" / "cn_air_stations_gbk.csv", upload)
    reading = read(Upload(upload, "cn_air_stations_gbk.csv"))
    assert reading.frame["监测点名称"][0] == "万寿西宫"
    assert (len(reading.frame), reading.problems[0].count) == (2016, 10)


@pytest.mark.skipif(not (SHARED / "city_cn").exists(), reason="旁边没有 shared/data/city_cn")
def test_a_shapefile_with_a_chinese_name_is_read(tmp_path: Path) -> None:
    packed = shutil.make_archive(
        str(tmp_path / "upload"), "zip", SHARED / "city_cn", "chongqing_shp"
    )
    reading = read(Upload(Path(packed), "区县界_area.zip"))
    assert reading.format == "Shapefile"
    assert len(reading.frame) > 30
