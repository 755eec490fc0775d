"""One row of a table as a report, or what is wrong with it and how to mend it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from topics.kit.cases.categories import CaseCategories
from topics.kit.cases.contracts import CategoryKey, Report
from topics.kit.cases.intake.moments import BadMoment, read_moment
from topics.kit.cases.intake.naming import CategoryNames, Unclear
from topics.kit.periods import ZONE
from topics.kit.regions import RegionTree

ToLonLat = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
Locate = Callable[[float, float], str | None]
"""The county (or town) of a point of WGS-84 degrees; None outside the city."""

_LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that became no case: its number as Excel shows it, the column, problem and remedy."""

    row: int
    item: str
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that can become a case."""

    row: int
    report: Report


@dataclass(frozen=True, slots=True)
class Ground:
    """What rows are read against.

    `to_lonlat` brings the table's coordinates to WGS-84; `locate` names the region of a point where
    borders are known; `source` and `reporter` stand in every report.
    """

    categories: CaseCategories
    regions: RegionTree
    now: datetime
    reporter: str
    source: str = "import"
    to_lonlat: ToLonLat | None = None
    locate: Locate | None = None
    month_first: bool = False


class RowReader:
    """Reads rows of one table; remembers which contents it saw, so that none counts twice."""

    def __init__(self, ground: Ground, columns: Mapping[str, int]) -> None:
        """Read against `ground`; `columns` is where each field stands."""
        self._ground = ground
        self._columns = columns
        self._names = CategoryNames(ground.categories)
        self._seen: dict[str, int] = {}

    def read(self, number: int, cells: Sequence[str]) -> Taken | Refused:
        """The row as a report; Refused names the first thing that is wrong."""
        texts = {field: cells[at].strip() for field, at in self._columns.items()}
        try:
            return Taken(number, self._report(texts, cells))
        except _Wrong as wrong:
            return Refused(number, wrong.item, wrong.problem, wrong.remedy)

    def _report(self, texts: Mapping[str, str], cells: Sequence[str]) -> Report:
        ground = self._ground
        at = self._moment(texts.get("at", ""))
        category = self._category(texts, at)
        place = self._position(texts)
        region = self._region(texts, place, at)
        told = texts.get("text", "") or texts.get("place", "")
        if not told:
            raise _Wrong("问题描述", "描述和地址都是空的", "写一句话说明是什么问题")
        origin = texts.get("origin", "")
        return Report(
            category=category,
            region=region,
            text=told[:_LONGEST_TEXT],
            at=at,
            source=ground.source,
            reporter=ground.reporter,
            reference=self._reference(texts, cells),
            longitude=place[0] if place else None,
            latitude=place[1] if place else None,
            grid=texts.get("grid") or None,
            place=texts.get("place", "")[:200],
            contact=texts.get("contact", "")[:100],
            data={"origin": origin[:100]} if origin else {},
        )

    def _moment(self, text: str) -> datetime:
        try:
            return read_moment(text, now=self._ground.now, month_first=self._ground.month_first)
        except BadMoment as wrong:
            remedy = "写成 2026-11-20 10:22;事后补录的写实际发现时间"
            raise _Wrong("上报时间", f"“{text[:40]}”{wrong}", remedy) from wrong

    def _category(self, texts: Mapping[str, str], at: datetime) -> CategoryKey:
        try:
            return self._names.find(
                at,
                name=texts.get("category", ""),
                code=texts.get("code", ""),
                scheme=texts.get("scheme", ""),
                kind=texts.get("kind", ""),
            )
        except Unclear as wrong:
            raise _Wrong("类别", str(wrong), wrong.remedy) from wrong

    def _position(self, texts: Mapping[str, str]) -> tuple[float, float] | None:
        east, north = texts.get("longitude", ""), texts.get("latitude", "")
        if not east and not north:
            return None
        try:
            x, y = float(east), float(north)
        except ValueError as wrong:
            remedy = "经度、纬度都写数字,或都不写"
            raise _Wrong("坐标", f"“{east[:30]}”“{north[:30]}”不是数", remedy) from wrong
        if self._ground.to_lonlat is not None and math.isfinite(x) and math.isfinite(y):
            xs, ys = self._ground.to_lonlat(np.array([x]), np.array([y]))
            x, y = float(xs[0]), float(ys[0])
        if not (math.isfinite(x) and math.isfinite(y)) or abs(x) > 180 or abs(y) > 90:
            remedy = "写经纬度(度);别的坐标系请在导入时选明"
            raise _Wrong("坐标", f"{east[:30]}、{north[:30]} 不在地球上", remedy)
        if x == 0 and y == 0:
            return None  # what systems write where they know nothing
        return round(x, 7), round(y, 7)

    def _region(
        self, texts: Mapping[str, str], place: tuple[float, float] | None, at: datetime
    ) -> str:
        day = at.astimezone(ZONE).date()
        located = self._located(place)
        named = texts.get("region", "")
        county = self._named(named, None, "区划", day) if named else None
        town = texts.get("town", "")
        if town:
            return self._named(town, county, "镇街", day)
        if county is not None:
            return county
        grid = texts.get("grid", "")
        if grid:
            site = self._ground.regions.find(grid)
            if site is not None and site.parent:
                return site.parent
        if located is not None:
            return located
        raise _Wrong("区划", "没有写在哪个县(市、区)", "写区划代码,如 440203,或写全称")

    def _located(self, place: tuple[float, float] | None) -> str | None:
        """The region of the point where borders are known; a point outside the city is wrong."""
        if place is None or self._ground.locate is None:
            return None
        found = self._ground.locate(*place)
        if found is None:
            remedy = "核对坐标和坐标系(导入时可选 GCJ-02、BD-09 等),或不写坐标"
            raise _Wrong("坐标", f"{place[0]:.5f}, {place[1]:.5f} 不在本市范围内", remedy)
        return found

    def _named(self, text: str, within: str | None, item: str, day: date) -> str:
        regions = self._ground.regions
        if text.isdecimal():
            found = regions.find(text, day)
            if found is not None:
                return found.code
            raise _Wrong(item, f"没有区划代码 {text[:20]}", "用国家统计局的区划代码,如 440203")
        below = regions.within(within, day) if within else regions.all(day)
        same = [one for one in below if text in (one.name, one.short_name)]
        if len(same) == 1:
            return same[0].code
        if not same:
            raise _Wrong(item, f"没有名为 {text[:20]!r} 的区划", "写全称或区划代码,如 440203")
        codes = "、".join(f"{one.code}({one.name})" for one in same[:5])
        raise _Wrong(item, f"{text[:20]!r} 有 {len(same)} 个:{codes}", "改写区划代码")

    def _reference(self, texts: Mapping[str, str], cells: Sequence[str]) -> str:
        """The row's own number, else its content (and how often that stood before)."""
        own = texts.get("reference", "")
        key = own or hashlib.sha256("\x1f".join(cells).encode()).hexdigest()[:24]
        if own:
            if key in self._seen:
                remedy = "同一编号只留一行,或改正编号"
                raise _Wrong("编号", f"{own[:40]} 在表里出现了两次", remedy)
            self._seen[key] = 1
            return own[:100]
        self._seen[key] = self._seen.get(key, 0) + 1
        return f"row:{key}:{self._seen[key]}"


def read_rows(
    reader: RowReader, rows: Iterable[tuple[int, Sequence[str]]]
) -> tuple[list[Taken], list[Refused]]:
    """All rows that hold anything, in their order."""
    taken: list[Taken] = []
    refused: list[Refused] = []
    for number, cells in rows:
        if any(cells):
            one = reader.read(number, cells)
            taken.append(one) if isinstance(one, Taken) else refused.append(one)
    return taken, refused


class _Wrong(Exception):
    """The first thing that is wrong with a row."""

    def __init__(self, item: str, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.item, self.problem, self.remedy = item, problem, remedy
