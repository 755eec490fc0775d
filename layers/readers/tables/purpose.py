"""Whether a table is a layer at all: counties × indicators × months are observations."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pandas as pd

from layers.contracts import Choice, Question
from layers.errors import NeedsAnswer
from layers.readers.contracts import Upload
from layers.readers.detect import refuse

_PERIOD = re.compile(
    r"((19|20)\d\d\s*年?[-./年]?\s*)?"
    r"((1[0-2]|0?[1-9])([-—~至到](1[0-2]|0?[1-9]))?\s*月份?|(第?[一二三四1-4]季度)|[上下]半年|前三季度|全年|[Qq][1-4])"
    r"|(19|20)\d\d[-./](1[0-2]|0?[1-9])|(19|20)\d\d(0[1-9]|1[0-2])|(19|20)\d\d年?"
)
_REGION = re.compile(r"县|市|区|镇|街道|地区|区域|行政区划|region|county|district", re.IGNORECASE)
_INDICATOR = re.compile(r"指标(名称|编码|代码)?|统计项目?|indicator", re.IGNORECASE)
_WHEN = re.compile(
    r"月份?|时期|期别?|报告期|统计期|时间|年月|日期|年份?|季度|period|month|date|year", re.I
)
_VALUE = re.compile(r"数值|值|数据|完成值|完成数|本期值?|当月值?|累计值?|value", re.IGNORECASE)
_FEW = 3  # columns of months that make a table wide
_WAY = (
    "指标数据请整理成 indicator、region、period、value 四列,"
    "用 tonglan indicators import 或 POST /api/v1/observations 导入,不要当作图层上传"
)


def check_purpose(upload: Upload, frame: pd.DataFrame, wanted: str, *, placed: bool) -> None:
    """Raise NeedsAnswer for a table of indicator values, UnreadableFile once a person said so.

    `placed` says that the table has columns of coordinates: then months are only attributes.
    """
    if wanted == "indicator":
        refuse(upload, "是指标数据,不是图层", _WAY)
    if wanted == "layer" or placed:
        return
    if why := _why(frame):
        text = (
            f"{upload.name}:像是指标表({why}),不像图层;请说明它是图层还是指标,或用 --purpose 指明"
        )
        options = (
            Choice("indicator", "指标", f"{why};{_WAY}"),
            Choice("layer", "图层", "按县(市、区)落到地图上,各列作为属性"),
        )
        raise NeedsAnswer(text, Question("kind", text, options))


def _why(frame: pd.DataFrame) -> str | None:
    names = [str(name) for name in frame.columns]
    months = [name for name in names if any(map(_PERIOD.fullmatch, _parts(name)))]
    if len(months) >= _FEW and _mostly_numbers(frame, months):
        return f"“{months[0]}”“{months[1]}”等 {len(months)} 列是逐期的数"
    region, indicator = _named(names, _REGION.search), _named(names, _INDICATOR.fullmatch)
    when, value = _named(names, _WHEN.fullmatch), _named(names, _VALUE.fullmatch)
    if value and when and (indicator or region) and _mostly_numbers(frame, [value]):
        parts = [name for name in (region, indicator, when, value) if name]
        return "每行是一个" + "×".join(f"“{name}”" for name in dict.fromkeys(parts))
    return None


def _named(names: Sequence[str], test: Callable[[str], object]) -> str | None:
    return next((name for name in names if test(_parts(name)[-1])), None)


def _parts(name: str) -> list[str]:
    """The parts of a joined name, without what is in brackets."""
    return [part.strip() for part in re.sub(r"[((].*?[))]", "", name).split("/")]


def _mostly_numbers(frame: pd.DataFrame, names: Sequence[str]) -> bool:
    right = 0
    for name in names:
        known = frame[name].dropna()
        numbers = pd.to_numeric(known, errors="coerce").notna()
        right += len(known) == 0 or bool(numbers.mean() > 0.5)
    return right * 2 > len(names)
