"""Where the header of a table is: titles above it, two-row and merged headers, a row of units."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Sequence[str]
# (first row, first column), (last row, last column), counted from 0.
Merge = tuple[tuple[int, int], tuple[int, int]]

HEAD_ROWS = 60
_MOST_HEADER_ROWS = 4
_MOST_ABOVE = 30
_BELOW = 5  # rows looked at to see what a column holds
_WIDE = 0.8  # a merged cell over this share of the table is a title
_NUMBER = re.compile(r"[-+]?[\d,]*\.?\d+([eE][-+]?\d+)?%?")
_YEAR_OR_MONTH = re.compile(r"(19|20)\d\d|[1-9]|1[0-2]")
_DATE = re.compile(r"(19|20)\d\d[-./年]\d{1,2}([-./月]\d{1,2}日?)?.*")
_UNIT = re.compile(
    r"[((]?(单位[::])?\s*(°|度|米|m|km|公里|千米|吨|万吨|万元|亿元|元|%|‰|个|人|万人|户|亩|公顷|ha|平方米|"
    r"平方公里|m2|m²|km2|km²|℃|mg/L|mg/m3|mg/m³|ug/m3|µg/m³|μg/m³|t/a|t/d|t|吨/日|吨/年|立方米|万立方米|m3|m³|m³/s|"
    r"家|台|套|辆|座|处|件|次|天|小时|分钟|年|月|日|kW|kWh|万千瓦时|dB|dB\(A\)|人次|万人次)[))]?"
)
_BREAK = re.compile(r"(?<=[A-Za-z0-9])\s*\n\s*(?=[A-Za-z0-9])")
_BRACKETS = re.compile(r"^[((]|[))]$")
_BLANK_UNIT = re.compile(r"[-—–/无]*")
_WORDS = re.compile(
    r"名称|姓名|编号|编码|代码|序号|经度|纬度|坐标|地址|位置|日期|时间|月份|年份|类型|类别|等级|状态|备注|单位|面积|长度|"
    r"数量|电话|联系|县|区|镇|乡|村|街道|河|站|指标|数值|"
    r"\b(lon|lng|lat|longitude|latitude|name|code|id|type|date|time|value|address|x|y|wkt)\b",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a table and the index of its first data row in the rows looked at."""

    names: tuple[str, ...]
    first_data: int
    first: int
    titles: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)

    @property
    def notes(self) -> dict[str, Any]:
        """What a reading notes of its header: titles above it and units below, where there are."""
        told = {"titles": list(self.titles), "units": dict(self.units)}
        return {name: said for name, said in told.items() if said}

    @property
    def evidence(self) -> tuple[str, ...]:
        """What was decided, in words; nothing for a plain header in the first row."""
        rows = self.first_data - self.first - bool(self.units)
        words = []
        if self.titles:
            words.append(f"第 1–{self.first} 行是标题,未作数据:“{self.titles[0][:30]}”")
        if rows == 0:
            words.append("没有表头,列名用“列1”“列2”…")
        if rows > 1:
            words.append(f"表头占第 {self.first + 1}–{self.first + rows} 行,已合成“上级/下级”列名")
        if self.units:
            words.append(f"第 {self.first_data} 行是计量单位,未作数据")
        return tuple(words)


def find_header(
    head: Sequence[Row], merges: Sequence[Merge] = (), header_rows: int | None = None
) -> Header:
    """The header among the first rows of a table.

    `header_rows` is how many rows at the top are no data, as a person said; 0 means no header.
    More than were looked at count as all of these.
    """
    width = max((_used(row) for row in head), default=0)
    rows = [[*row[:width], *[""] * (width - len(row))] for row in head]
    rows = [[cell.strip() for cell in row] for row in rows]
    sheet = _Sheet(rows, width, merges)
    if header_rows is not None:
        return _told(sheet, header_rows)
    start = sheet.likeliest()
    if start is None:
        return Header(_unique([""] * width), sheet.skip_blank(), sheet.skip_blank())
    first, last = sheet.upward(start), sheet.downward(start)
    return sheet.header(first, last)


def _told(sheet: _Sheet, header_rows: int) -> Header:
    if header_rows <= 0:
        return Header(_unique([""] * sheet.width), 0, 0)
    last = min(header_rows, len(sheet.rows)) - 1
    while last > 0 and (sheet.is_units(last) or not any(sheet.rows[last])):
        last -= 1
    made = sheet.header(sheet.upward(last), last)
    return Header(
        made.names, min(header_rows, len(sheet.rows)), made.first, made.titles, made.units
    )


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The first rows of a table, all of one width."""

    rows: list[list[str]]
    width: int
    merges: Sequence[Merge]

    def likeliest(self) -> int | None:
        """The row that looks most like a header; None where rows of data come first."""
        if self.width == 1:
            return self.skip_blank()
        best, score = None, float("-inf")
        fresh = 0.1  # the first row that is no title has a small advantage
        for index, row in enumerate(self.rows[:_MOST_ABOVE]):
            filled = [cell for cell in row if cell]
            if not filled or self.is_title(index):
                continue
            if not all(_is_label(cell) for cell in filled):
                if self._is_data(row):
                    break
                continue
            mine = self._score(index, row, filled) + fresh - 0.02 * index
            fresh = 0.0
            if mine > score:
                best, score = index, mine
        return best

    def _score(self, index: int, row: list[str], filled: list[str]) -> float:
        distinct = len(set(filled)) / len(filled)
        words = sum(len(cell) <= 12 and bool(_WORDS.search(cell)) for cell in filled) / len(filled)
        return len(filled) / self.width + distinct / 2 + words / 2 + self._change(index, row) / 2

    def _change(self, index: int, row: list[str]) -> float:
        """The share of the row's cells with numbers or dates below."""
        below = [one for one in self.rows[index + 1 :] if any(one)][:_BELOW]
        columns = [column for column, cell in enumerate(row) if cell]
        if not below or not columns:
            return 0.0
        changed = 0
        for column in columns:
            cells = [one[column] for one in below if one[column]]
            changed += bool(cells) and sum(not _is_text(cell) for cell in cells) * 2 > len(cells)
        return changed / len(columns)

    def _is_data(self, row: list[str]) -> bool:
        return sum(bool(_NUMBER.fullmatch(cell)) for cell in row) >= 1 and (
            sum(map(bool, row)) * 2 >= self.width
        )

    def is_title(self, index: int) -> bool:
        """A lone cell, or one that is merged over most of the table."""
        row = self.rows[index]
        filled = [column for column, cell in enumerate(row) if cell]
        if len(filled) == 1 and self.width > 1:
            return self._span(index, filled[0]) >= self.width * _WIDE or not self._merged(index)
        return False

    def is_units(self, index: int) -> bool:
        """A row that has nothing but units of measure."""
        filled = [cell for cell in self.rows[index] if cell]
        units = [cell for cell in filled if _UNIT.fullmatch(cell)]
        return bool(units) and all(
            _UNIT.fullmatch(cell) or _BLANK_UNIT.fullmatch(cell) for cell in filled
        )

    def upward(self, index: int) -> int:
        """The first row of the header that row `index` belongs to."""
        while index > 0 and self._over(index - 1, index):
            index -= 1
        return index

    def downward(self, index: int) -> int:
        """The last row of the header that begins in row `index`."""
        last = index
        while last + 1 < len(self.rows) and last - index + 1 < _MOST_HEADER_ROWS:
            if self._vertical(last) or (
                self._over(last, last + 1)
                and (self._merged(last) or self._change(last + 1, self.rows[last + 1]) >= 0.5)
            ):
                last += 1
            else:
                break
        return last

    def _over(self, upper: int, lower: int) -> bool:
        """Whether the upper row groups the columns of the lower: 坐标 over 经度 and 纬度."""
        above, below = self.rows[upper], self.rows[lower]
        filled = [column for column, cell in enumerate(above) if cell]
        labels = [cell for cell in (*above, *below) if cell]
        if not filled or not any(below) or not all(_is_label(cell) for cell in labels):
            return False
        if self.is_title(upper) or self.is_units(lower):
            return False
        groups = 0
        for at in filled:
            covered = sum(bool(cell) for cell in below[at : at + self._span(upper, at)])
            if covered >= 2:
                groups += 1
            elif covered == 1 and below[at]:
                return False
        return groups > 0

    def _vertical(self, row: int) -> bool:
        """Whether a merged cell of the row reaches into the next one."""
        return any(
            top <= row < bottom and left < self.width and bottom - top < _MOST_HEADER_ROWS
            for (top, left), (bottom, _) in self.merges
        )

    def _merged(self, row: int) -> bool:
        return any(top <= row <= bottom for (top, _), (bottom, _) in self.merges)

    def _span(self, row: int, column: int) -> int:
        """How many columns the cell covers: as merged, else up to the next filled one."""
        for (top, left), (bottom, right) in self.merges:
            if (top, left) == (row, column) or (top <= row <= bottom and left == column):
                return right - left + 1
        if self._merged(row):
            return 1
        after = (at for at in range(column + 1, self.width) if self.rows[row][at])
        return next(after, self.width) - column

    def skip_blank(self) -> int:
        """The index of the first row that holds anything."""
        return next((index for index, row in enumerate(self.rows) if any(row)), 0)

    def header(self, first: int, last: int) -> Header:
        """The header in these rows, with the titles above and the units below."""
        names = _unique([self._name(column, first, last) for column in range(self.width)])
        titles = tuple("".join(row) for row in self.rows[:first] if any(row))
        following = last + 1
        units: dict[str, str] = {}
        if following < len(self.rows) and self.is_units(following):
            cells = self.rows[following]
            units = {
                name: _BRACKETS.sub("", cell)
                for name, cell in zip(names, cells, strict=True)
                if _UNIT.fullmatch(cell)
            }
            following += 1
        return Header(names, following, first, titles if first else (), units)

    def _name(self, column: int, first: int, last: int) -> str:
        parts = []
        for row in range(first, last + 1):
            cell = self.rows[row][column] or (self._group(row, column, last) if row < last else "")
            cell = "".join(_BREAK.sub(" ", cell).split("\n")).strip()
            if cell and cell not in parts:
                parts.append(cell)
        return "/".join(parts)

    def _group(self, row: int, column: int, last: int) -> str:
        """The label whose group the column is in, "" for none."""
        for at in range(column, -1, -1):
            if self.rows[row][at]:
                inside = at + self._span(row, at) > column
                below = any(one[column] for one in self.rows[row + 1 : last + 1])
                return self.rows[row][at] if inside and below else ""
        return ""


def _used(row: Row) -> int:
    return max((at + 1 for at, cell in enumerate(row) if cell.strip()), default=0)


def _is_text(cell: str) -> bool:
    return not (_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell))


def _is_label(cell: str) -> bool:
    """Whether the cell may stand in a header: text, or a year or month."""
    return bool(_YEAR_OR_MONTH.fullmatch(cell)) or not _NUMBER.fullmatch(cell)


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    """The names, none empty and none twice."""
    found: dict[str, None] = {}
    for position, name in enumerate(names, start=1):
        plain = name or f"列{position}"
        made, again = plain, 2
        while made in found:
            made, again = f"{plain}_{again}", again + 1
        found[made] = None
    return tuple(found)
