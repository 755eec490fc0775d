"""County × indicator × month is no layer: it is asked about, and shown the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from layers.errors import NeedsAnswer, UnreadableFile
from layers.readers import Reading, ReadOptions, Upload, read
from tests.layers.readers.regions import GAZETTEER

Read = Callable[..., Reading]
WIDE = "县区,指标,1月,2月,3月\n武江区,氨氮,0.1,0.2,0.3\n浈江区,氨氮,0.2,0.3,0.4\n"
LONG = "县区,指标,月份,数值\n武江区,氨氮,2026-01,0.1\n浈江区,氨氮,2026-01,0.2\n"


@pytest.fixture
def read_text(tmp_path: Path) -> Read:
    """Read a text as a CSV with the given options."""

    def reader(text: str, **options: object) -> Reading:
        path = tmp_path / "upload"
        path.write_text(text, encoding="utf-8")
        return read(Upload(path, "表.csv"), ReadOptions(gazetteer=GAZETTEER, **options))  # type: ignore[arg-type]

    return reader


@pytest.mark.parametrize(
    "text",
    [
        WIDE,
        LONG,
        WIDE.replace("1月,2月,3月", "2026年1月,2026年2月,2026年3月"),
        WIDE.replace("1月,2月,3月", "2026-01,2026-02,2026-03"),
        WIDE.replace("1月,2月,3月", "一季度,上半年,前三季度"),
        WIDE.replace("1月,2月,3月", "2023年,2024年,2025年"),
        "县区,产值,,\n,1月,2月,3月\n武江区,1.5,2.5,3.5\n浈江区,2.5,3.5,4.5\n",
        "indicator,region,period,value\necology.pm25,440203,2026-01,12.5\n",
    ],
)
def test_a_table_of_values_is_asked_about(read_text: Read, text: str) -> None:
    with pytest.raises(NeedsAnswer, match="像是指标表") as asked:
        read_text(text)
    assert asked.value.question is not None
    assert asked.value.question.kind == "kind"
    assert {one.value for one in asked.value.question.options} == {"layer", "indicator"}


def test_as_indicators_it_is_shown_the_way(read_text: Read) -> None:
    with pytest.raises(UnreadableFile, match="tonglan indicators import"):
        read_text(WIDE, purpose="indicator")


def test_as_a_layer_it_goes_on(read_text: Read) -> None:
    with pytest.raises(NeedsAnswer, match="要不要按区划落图"):
        read_text(WIDE, purpose="layer")
    reading = read_text(WIDE, purpose="layer", columns={"name": "县区"})
    assert list(reading.frame["1月"]) == [0.1, 0.2]


@pytest.mark.parametrize(
    "text",
    [
        "名称,经度,纬度,1月,2月,3月\n甲站,113.6,24.8,0.1,0.2,0.3\n",
        "名称,经度,纬度,时间,数值\n甲站,113.6,24.8,2026-01,0.3\n",
    ],
)
def test_stations_with_monthly_values_are_a_layer(read_text: Read, text: str) -> None:
    assert len(read_text(text).frame) == 1
