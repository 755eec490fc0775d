"""Where the cells of a table belong in a form: by code, name and title, else by position.

Nothing is guessed: what has no place is said, a blank never wipes out what was typed, and a merged
cell stands for none of the counties it covers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from topics.kit.errors import UnreadableTable
from topics.kit.reporting.contracts import Form, Place
from topics.kit.reporting.tables import Span, Table
from topics.kit.reporting.template import mark, marked_period

_HEAD_ROWS = 12
_MOST_NAMED = 5
_WHOLE = frozenset({"全市", "合计", "全市合计", "市合计", "总计", "全市总计"})
_AFTER_TITLE = re.compile(r"[(\[【〔].*$")


@dataclass(slots=True)
class Placed:
    """Texts by place, and what there is to say about the rest, in Chinese."""

    texts: dict[Place, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def place_table(form: Form, table: Table, at: Place | None = None) -> Placed:
    """The table's texts in the form; `at` is the cell that positions count from."""
    names = _Names(form)
    placed = _Placing(form, names, table, at, names.header(table)).placed()
    if placed.texts or not table.rows:
        return placed
    turned = Table(tuple(zip(*table.rows, strict=True)))
    across = names.header(turned)
    lying = None if across is None else _Placing(form, names, turned, at, across).placed()
    return lying if lying is not None and lying.texts else placed


def place_file(form: Form, tables: Sequence[Table]) -> Placed:
    """The best of a file's tables; UnreadableTable when none fits or it is for another period."""
    for table in tables:
        _same_period(form, table)
    fits = [(table, place_table(form, table)) for table in tables if _could_fit(form, table)]
    if not fits:
        raise UnreadableTable(
            "文件里没有找到本表的指标名称;请用“下载模板”的表格填写,表头和县(市、区)名称不要改"
        )
    table, best = max(fits, key=lambda one: len(one[1].texts))
    if len(tables) > 1 and table.name:
        best.notes.insert(0, f"取自工作表“{table.name}”")
    return best


def _same_period(form: Form, table: Table) -> None:
    found = marked_period(table.rows)
    if found is not None and found != marked_period([mark(form)]):
        raise UnreadableTable(
            f"这是“{found[2]}”的模板,现在填的是“{mark(form)[3]}”;请下载本期模板,或换到那一期填"
        )


def _could_fit(form: Form, table: Table) -> bool:
    names = _Names(form)
    turned = Table(tuple(zip(*table.rows, strict=True))) if table.rows else table
    return names.header(table) is not None or names.header(turned) is not None


@dataclass(frozen=True, slots=True)
class _Header:
    row: int
    columns: Mapping[int, str]  # table column → indicator


class _Names:
    """How people write the rows and columns of a form."""

    def __init__(self, form: Form) -> None:
        self._regions: dict[str, str | None] = {}
        for row in form.rows:
            named = {row.code, _plain(row.name), _plain(row.short_name)}
            for one in named | (_WHOLE if row.level == "city" else set()):
                # Two rows of one name: neither is meant by it.
                self._regions[one] = None if one in self._regions else row.code
        self._columns = {
            name: one.id for one in form.columns for name in (one.id, _plain(one.title))
        }

    def region(self, text: str) -> str | None:
        """The code of the row that the text names."""
        plain = _plain(text)
        return self._regions.get(plain) or self._regions.get(plain.removesuffix(".0"))

    def header(self, table: Table) -> _Header | None:
        """The row that names the most columns."""
        best: _Header | None = None
        for number, row in enumerate(table.rows[:_HEAD_ROWS]):
            found: dict[int, str] = {}
            for at, text in enumerate(row):
                column = self._column(text)
                if column is not None and column not in found.values():
                    found[at] = column
            if found and (best is None or len(found) > len(best.columns)):
                best = _Header(number, found)
        return best

    def region_column(self, table: Table, head: int) -> int | None:
        """The column below `head` in which the most rows are named."""
        counts = [
            sum(self.region(row[at]) is not None for row in table.rows[head + 1 :])
            for at in range(len(table.rows[0]) if table.rows else 0)
        ]
        most = max(counts, default=0)
        return counts.index(most) if most else None

    def _column(self, text: str) -> str | None:
        plain = _plain(text)
        return self._columns.get(plain) or self._columns.get(_AFTER_TITLE.sub("", plain))


class _Placing:
    """One table on its way into a form."""

    def __init__(
        self,
        form: Form,
        names: _Names,
        table: Table,
        at: Place | None,
        header: _Header | None,
    ) -> None:
        self._form, self._names, self._table, self._header = form, names, table, header
        self._rows = [one.code for one in form.rows]
        self._columns = [one.id for one in form.columns]
        self._first_row = self._rows.index(at.region) if at and at.region in self._rows else 0
        known = at is not None and at.indicator in self._columns
        self._first_column = self._columns.index(at.indicator) if at and known else 0
        self._result = Placed()

    def placed(self) -> Placed:
        """Everything that has a place, and what is to be said."""
        head = self._header.row if self._header else -1
        named = self._names.region_column(self._table, head)
        columns = self._by_title() if self._header else self._by_order(named)
        merged = _merged(self._table.merges)
        strangers: list[str] = []
        beyond = 0
        for number, row in enumerate(self._table.rows[head + 1 :], head + 1):
            region = self._region(row, number - head - 1, named)
            if region is None:
                beyond += named is None and any(row)
                if named is not None and any(row[at] for at in columns):
                    strangers.append(row[named] or f"第 {number + 1} 行")
                continue
            for at, indicator in columns.items():
                if (number, at) in merged:
                    continue
                if row[at]:
                    self._result.texts[Place(indicator, region)] = row[at]
        self._say(strangers, beyond, columns, merged, head)
        return self._result

    def _by_title(self) -> Mapping[int, str]:
        assert self._header is not None
        return self._header.columns

    def _by_order(self, named: int | None) -> Mapping[int, str]:
        width = len(self._table.rows[0]) if self._table.rows else 0
        begin = 0 if named is None else _after_names(self._names, self._table, named)
        wanted = self._columns[self._first_column :]
        left = width - begin - len(wanted)
        if left > 0:
            self._result.notes.append(f"多出 {left} 列,没有放进去")
        return {begin + n: one for n, one in enumerate(wanted) if begin + n < width}

    def _region(self, row: Sequence[str], number: int, named: int | None) -> str | None:
        if named is not None:
            return self._names.region(row[named])
        at = self._first_row + number
        return self._rows[at] if at < len(self._rows) else None

    def _say(
        self,
        strangers: Sequence[str],
        beyond: int,
        columns: Mapping[int, str],
        merged: Mapping[tuple[int, int], Span],
        head: int,
    ) -> None:
        notes = self._result.notes
        if strangers:
            more = f" 等 {len(strangers)} 行" if len(strangers) > _MOST_NAMED else ""
            names = "、".join(f"“{one}”" for one in strangers[:_MOST_NAMED])
            notes.append(f"{names}{more}不是本表的县(市、区),没有放进去;请核对名称或代码")
        if beyond:
            notes.append(f"多出 {beyond} 行,没有放进去")
        spans = {span for (row, at), span in merged.items() if row > head and at in columns}
        for span in sorted(spans):
            notes.append(
                f"{_address(span)} 是合并单元格,一个数不能代表几格,没有放进去;请拆开后再填"
            )
        if self._table.rows and not self._result.texts:
            notes.append(
                "没有放进任何数;请从要填的第一格开始粘贴,或连同表头和县(市、区)名称一起复制"
            )


def _after_names(names: _Names, table: Table, named: int) -> int:
    """The first column behind those that name the row: codes and names often stand together."""
    at = named + 1
    width = len(table.rows[0])
    while at < width and any(names.region(row[at]) for row in table.rows):
        at += 1
    return at


def _merged(merges: Iterable[Span]) -> dict[tuple[int, int], Span]:
    found: dict[tuple[int, int], Span] = {}
    for (top, left), (bottom, right) in merges:
        for row in range(top, min(bottom, top + 2000) + 1):
            for column in range(left, min(right, left + 256) + 1):
                found[row, column] = ((top, left), (bottom, right))
    return found


def _address(span: Span) -> str:
    (top, left), (bottom, right) = span
    return f"{_letters(left)}{top + 1}:{_letters(right)}{bottom + 1}"


def _letters(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, one = divmod(column - 1, 26)
        text = chr(65 + one) + text
    return text


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
