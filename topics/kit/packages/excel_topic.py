"""A topic owner's plain Excel read as a draft: sheet 指标 says what, sheet 数据 how much."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from topics.kit.contracts import PeriodKind
from topics.kit.errors import BadPackage, SourceRefused
from topics.kit.organisations import Organisations
from topics.kit.packages.draft import PERIOD, REGION, IndicatorDraft, Line, TopicDraft
from topics.kit.refresh.excel_table import refuse_bomb
from topics.kit.regions import RegionTree

SHEET_INDICATORS, SHEET_DATA = "指标", "数据"
_NEEDED = ("编号", "名称", "口径", "单位", "时期", "责任单位")
_LEVELS = {"市": "city", "县": "county", "镇": "town"}
_DIRECTIONS = {"越高越好": "higher", "越低越好": "lower", "不评价": "none", "": "none"}
_CLASSES = ("公开", "内部", "敏感", "高敏")
_COUNTY = ("县(市、区)", "县(市、区)", "县", "区划", "地区")
_PERIODS = (PERIOD, "时期", "月份", "时间", "年份", "日期")
_CHOICES = {
    "时期": tuple(one.value for one in PeriodKind),
    "方向": tuple(_DIRECTIONS),
    "级别": _CLASSES,
}
_ID = re.compile(r"[a-z][a-z0-9_]*")
_MOST = 20 << 20

_Row = dict[str, Any]


def read_draft(
    path: Path,
    topic: str,
    title: str,
    *,
    regions: RegionTree,
    organisations: Organisations,
) -> TopicDraft:
    """The draft that a workbook describes; BadPackage lists every problem with sheet and row.

    Regions go by code; a row that has only a name is taken where that name is unique here.
    """
    sheets = _sheets(path)
    problems: list[str] = []
    indicators = list(_indicators(sheets, topic, organisations, problems))
    lines = list(_lines(sheets, indicators, regions, problems)) if indicators else []
    if not problems and not indicators:
        problems.append(f"工作表“{SHEET_INDICATORS}”没有指标行;从第二行起每行写一个指标")
    if problems:
        raise BadPackage(*problems)
    rows = tuple((one.code, one.name) for one in regions.all() if one.level in ("city", "county"))
    return TopicDraft(topic, title, indicators[0].owner, tuple(indicators), tuple(lines), rows)


def _sheets(path: Path) -> dict[str, list[_Row]]:
    try:
        raw = path.read_bytes()
        if len(raw) > _MOST:
            raise BadPackage(f"{path.name}:超过 {_MOST >> 20} MB;只留指标表和一两期数据")
        refuse_bomb(raw, path.name)
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        found = {one: _rows(book.get_sheet_by_name(one).to_python()) for one in book.sheet_names}
    except OSError as wrong:
        raise BadPackage(f"{path}:读不到({wrong.strerror});请检查路径和权限") from wrong
    except (CalamineError, SourceRefused, ValueError) as wrong:
        raise BadPackage(f"{path.name}:Excel 打不开({wrong});请另存为 .xlsx") from wrong
    missing = [one for one in (SHEET_INDICATORS, SHEET_DATA) if one not in found]
    if missing:
        raise BadPackage(
            f"{path.name}:没有工作表 {'、'.join(missing)};要有“{SHEET_INDICATORS}”和“{SHEET_DATA}”"
        )
    return found


def _rows(cells: Sequence[Sequence[Any]]) -> list[_Row]:
    """The rows under the first line; each knows its number in the sheet under ""."""
    if not cells:
        return []
    titles = ["".join(str(one).split()) for one in cells[0]]
    rows = []
    for number, line in enumerate(cells[1:], 2):
        row = {key: one for key, one in zip(titles, line, strict=False) if key}
        if any(str(one).strip() for one in row.values()):
            rows.append({**row, "": number})
    return rows


def _indicators(
    sheets: Mapping[str, list[_Row]],
    topic: str,
    organisations: Organisations,
    problems: list[str],
) -> Iterator[IndicatorDraft]:
    rows = sheets[SHEET_INDICATORS]
    missing = [one for one in _NEEDED if rows and one not in rows[0]]
    if missing:
        problems.append(f"工作表“{SHEET_INDICATORS}”缺少列 {'、'.join(missing)};请在首行补上")
        return
    seen: set[str] = set()
    for row in rows:
        where = f"“{SHEET_INDICATORS}”第 {row['']} 行"
        found = list(_row_problems(row, organisations))
        name, column = _cell(row, "编号"), "".join(_cell(row, "名称").split())
        found += [f"{one} 与前面的行重复" for one in (name, column) if one in seen]
        seen |= {name, column}
        problems += [f"{where} {one}" for one in found]
        if not found:
            yield _indicator(row, topic, organisations)


def _row_problems(row: _Row, organisations: Organisations) -> Iterator[str]:
    for key in _NEEDED:
        if not _cell(row, key) and key != "单位":
            yield f"{key} 为空;请填写"
    name, owner = _cell(row, "编号").rpartition(".")[2], _cell(row, "责任单位")
    if name and not _ID.fullmatch(name):
        yield f"编号:{name!r} 写法不对;用小写字母、数字、下划线,如 visitors"
    if owner and _owner(owner, organisations) is None:
        yield f"责任单位:没有 {owner!r};写 organisations.csv 里的编号或名称"
    for key, known in _CHOICES.items():
        if _cell(row, key) not in (*known, ""):
            yield f"{key}:{_cell(row, key)!r} 不认识;写 {'、'.join(one for one in known if one)}"
    for part in _parts(_cell(row, "层级")):
        if part not in _LEVELS:
            yield f"层级:{part!r} 不认识;写 市、县、镇,用顿号分开"
    yield from _limit_problems(row)


def _limit_problems(row: _Row) -> Iterator[str]:
    for key in ("黄灯", "红灯", "小数位"):
        if _cell(row, key) and _number(row, key) is None:
            yield f"{key}:{_cell(row, key)!r} 不是数"
    if bool(_cell(row, "黄灯")) != bool(_cell(row, "红灯")):
        yield "黄灯、红灯要一起写"
    elif _cell(row, "黄灯") and _DIRECTIONS.get(_cell(row, "方向")) == "none":
        yield "写了黄灯、红灯,方向就要写 越高越好 或 越低越好"


def _indicator(row: _Row, topic: str, organisations: Organisations) -> IndicatorDraft:
    levels = tuple(_LEVELS[one] for one in _parts(_cell(row, "层级"))) or ("city", "county")
    return IndicatorDraft(
        id=f"{topic}.{_cell(row, '编号').rpartition('.')[2]}",
        title=_cell(row, "名称"),
        definition=_cell(row, "口径"),
        unit=_cell(row, "单位"),
        kind=PeriodKind(_cell(row, "时期")),
        owner=_owner(_cell(row, "责任单位"), organisations) or "",
        source=_cell(row, "来源") or "Excel 报送",
        levels=levels,
        direction=_DIRECTIONS[_cell(row, "方向")],
        precision=int(_number(row, "小数位") or 0),
        warn=_number(row, "黄灯"),
        bad=_number(row, "红灯"),
        classification=_cell(row, "级别") or "公开",
    )


def _lines(
    sheets: Mapping[str, list[_Row]],
    indicators: Sequence[IndicatorDraft],
    regions: RegionTree,
    problems: list[str],
) -> Iterator[Line]:
    rows = sheets[SHEET_DATA]
    if not rows:
        problems.append(f"工作表“{SHEET_DATA}”没有数据行;放一两期样例")
        return
    period = next((one for one in _PERIODS if one in rows[0]), None)
    place = next((one for one in (REGION, *_COUNTY) if one in rows[0]), None)
    columns = {one.column: one for one in indicators}
    absent = [one for one in columns if one not in rows[0]]
    if period is None or place is None or absent:
        wanted = [REGION] * (place is None) + [PERIOD] * (period is None) + absent
        problems.append(
            f"工作表“{SHEET_DATA}”缺少列 {'、'.join(wanted)};列名要与“{SHEET_INDICATORS}”的名称相同"
        )
        return
    for row in rows:
        where = f"“{SHEET_DATA}”第 {row['']} 行"
        code = _region(row, regions)
        if code is None:
            said = _cell(row, REGION) or next((_cell(row, k) for k in _COUNTY if _cell(row, k)), "")
            problems.append(f"{where}:没有区划 {said!r},或同名的不止一个;写区划代码,如 440205")
            continue
        found = regions.find(code)
        cells = {one: row.get(one) for one in columns if row.get(one) not in ("", None)}
        yield Line(code, found.name if found else "", _period(row[period]), cells)


def _region(row: _Row, regions: RegionTree) -> str | None:
    code = _cell(row, REGION)
    if code:
        return code if regions.find(code) else None
    said = next((_cell(row, key) for key in _COUNTY if _cell(row, key)), "")
    named = [one.code for one in regions.all() if said in (one.name, one.short_name)]
    return named[0] if len(named) == 1 else None


def _period(cell: Any) -> str:
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat()[:10]
    return _plain(cell)


def _owner(said: str, organisations: Organisations) -> str | None:
    found = organisations.find(said)
    if found is not None:
        return found.id
    named = {one.id for one in organisations.all() if said in (one.name, one.short_name)}
    return next(iter(named)) if len(named) == 1 else None


def _parts(text: str) -> list[str]:
    return [one for one in re.split(r"[、,,\s/]+", text) if one]


def _number(row: _Row, key: str) -> float | None:
    try:
        return float(_cell(row, key))
    except ValueError:
        return None


def _cell(row: _Row, key: str) -> str:
    return _plain(row.get(key, ""))


def _plain(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()
