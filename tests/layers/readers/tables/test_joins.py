"""Rows without coordinates are placed by region: asked first, by code, never by a doubtful name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import orjson
import pytest

from layers.contracts import Question
from layers.errors import NeedsAnswer, UnreadableFile
from layers.readers import Reading, ReadOptions, Upload, read
from tests.layers.readers.regions import GAZETTEER

Read = Callable[..., Reading]
CODES = "代码,数\n440203,1.5\n440205,2.5\n440221,3.5\n440233,4.5\n440299,5.5\n,6.5\n"


@pytest.fixture
def read_text(tmp_path: Path) -> Read:
    """Read a text as a CSV with regions to join to."""

    def reader(text: str, columns: Mapping[str, str] | None = None, **options: object) -> Reading:
        path = tmp_path / "upload"
        path.write_text(text, encoding="utf-8")
        told = {"gazetteer": GAZETTEER, "purpose": "layer"} | options
        return read(Upload(path, "表.csv"), ReadOptions(columns=columns or {}, **told))  # type: ignore[arg-type]

    return reader


def question(read_text: Read, text: str) -> Question:
    with pytest.raises(NeedsAnswer) as asked:
        read_text(text)
    assert asked.value.question is not None
    assert asked.value.question.kind == "join"
    return asked.value.question


def reasons(reading: Reading) -> dict[int, str]:
    assert reading.left_out is not None
    return dict(zip(reading.left_out["_row"], reading.left_out["_reason"], strict=True))


def test_the_first_time_it_asks_with_what_would_match(read_text: Read) -> None:
    asked = question(read_text, CODES)
    first, second = asked.options
    assert orjson.loads(first.value) == {"code": "代码"}
    assert "5 个不同的值里有 2 个对上" in first.detail
    assert orjson.loads(second.value) == {"code": "代码", "successor": "是"}


def test_codes_are_joined_and_the_others_say_why_not(read_text: Read) -> None:
    reading = read_text(CODES, {"code": "代码"})
    assert list(reading.rows) == [2, 3]
    assert reading.frame.geometry[0].equals(GAZETTEER.by_code["440203"].geometry)
    assert reading.declared == "EPSG:4326"
    why = reasons(reading)
    assert "已于 2004-05-29 撤销,现为 曲江区 440205" in why[4]
    assert "没有图形" in why[5]
    assert "不存在" in why[6]
    assert "为空" in why[7]


def test_withdrawn_codes_follow_their_successor_only_on_a_yes(read_text: Read) -> None:
    reading = read_text(CODES, {"code": "代码", "successor": "是"})
    assert list(reading.rows) == [2, 3, 4]
    assert reading.frame.geometry[2].equals(GAZETTEER.by_code["440205"].geometry)
    assert any("撤销的 440221 用了后继区划" in one for one in reading.evidence)


def test_codes_of_towns_with_statistical_zeros_are_joined(read_text: Read) -> None:
    reading = read_text("代码,数\n440205100000,1.5\n440224109,2.5\n", {"code": "代码"})
    assert len(reading.frame) == 2


def test_full_and_short_names_are_joined_with_their_code(read_text: Read) -> None:
    text = "县区,数\n武江区,1.5\n曲江,2.5\n乳源瑶族自治县,3.5\n曲江县,4.5\n"
    asked = question(read_text, text)
    reading = read_text(text, orjson.loads(asked.options[0].value))
    assert list(reading.frame["行政区划代码"]) == ["440203", "440205", "440232"]
    assert "撤销" in reasons(reading)[5]


def test_a_town_name_that_two_counties_have_is_never_joined_by_itself(read_text: Read) -> None:
    text = "镇,数\n大桥镇,1.5\n马坝镇,2.5\n"
    asked = question(read_text, text)
    assert "440224109 仁化县大桥镇、440232109 乳源瑶族自治县大桥镇" in asked.options[0].detail
    reading = read_text(text, {"name": "镇"})
    assert list(reading.rows) == [3]
    assert "“大桥镇”有 2 个" in reasons(reading)[2]
    mended = read_text(text, {"name": "镇"}, edits={2: {"镇": "440232109"}})
    assert mended.left_out is None
    assert list(mended.frame["行政区划代码"]) == ["440232109", "440205100"]


@pytest.mark.parametrize("county", ["仁化县", "仁化", "440224"])
def test_the_county_beside_it_tells_towns_of_one_name_apart(read_text: Read, county: str) -> None:
    text = f"所属,镇,数\n{county},大桥镇,1.5\n曲江区,马坝镇,2.5\n"
    text = text.replace("曲江区", "440205") if county.isdigit() else text
    asked = question(read_text, text)
    told = next(
        answer
        for answer in (orjson.loads(one.value) for one in asked.options)
        if answer.get("name") == "镇"
    )
    assert told["parent"] == "所属"
    reading = read_text(text, told)
    assert list(reading.frame["行政区划代码"]) == ["440224109", "440205100"]


def test_a_county_that_does_not_have_the_town_tells_nothing_apart(read_text: Read) -> None:
    asked = question(read_text, "所属,镇,数\n仁化县,大桥镇,1.5\n武江区,马坝镇,2.5\n")
    assert all("parent" not in orjson.loads(one.value) for one in asked.options)


def test_the_county_written_before_the_town_tells_it_too(read_text: Read) -> None:
    reading = read_text("镇,数\n乳源县大桥镇,1.5\n乳源瑶族自治县大桥镇,2.5\n", {"name": "镇"})
    assert list(reading.frame["行政区划代码"]) == ["440232109"]


def test_unknown_names_get_suggestions(read_text: Read) -> None:
    reading = read_text("县区,数\n武江区,1.5\n浈水区,2.5\n", {"name": "县区"})
    assert "不是已知的区划名称" in reasons(reading)[3]
    assert any("“浈江区”" in one.remedy for one in reading.problems)


def test_coordinates_win_over_codes(read_text: Read) -> None:
    reading = read_text("代码,经度,纬度\n440203,113.6,24.8\n")
    assert reading.frame.geometry[0].geom_type == "Point"


def test_without_regions_the_way_is_told(read_text: Read) -> None:
    with pytest.raises(UnreadableFile, match=r"“代码”列像区划代码.*reference set outline"):
        read_text(CODES, gazetteer=None)
    with pytest.raises(UnreadableFile, match="reference set outline"):
        read_text(CODES, {"code": "代码"}, gazetteer=None)


def test_a_column_that_is_not_there_is_refused(read_text: Read) -> None:
    with pytest.raises(UnreadableFile, match="没有指定的列“区”"):
        read_text(CODES, {"name": "区"})


def test_numbers_that_are_no_codes_are_not_asked_about(read_text: Read) -> None:
    with pytest.raises(UnreadableFile, match="没有坐标列"):
        read_text("编号,数\n100001,1.5\n100002,2.5\n")
