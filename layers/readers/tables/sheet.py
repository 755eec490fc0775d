"""One table before anything is read into it: cells as text, rows numbered as Excel does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from layers.readers.contracts import GEOMETRY_COLUMN
from layers.readers.tally import Tally

_TAIL_ROWS = 30
_SUMS = re.compile(r"(全市|全县|全区|本页)?(合计|总计|总和|共计)[::]?|平均值?|total", re.IGNORECASE)
_REMARKS = re.compile(
    r"(备?注|说明|填表人|制表人?|制表单位|填报人|填报单位|审核人?|单位负责人|数据来源|资料来源|来源|联系人|联系电话|打印时间|导出时间)"
    r"\s*\d*[::.、].*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cells of a table as text (null where empty); `torn` are rows that do not fit the header."""

    cells: pa.Table
    rows: np.ndarray
    torn: pa.Table
    torn_rows: np.ndarray
    evidence: tuple[str, ...] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return list(self.cells.column_names)

    def edited(self, edits: Mapping[int, Mapping[str, str]], tally: Tally) -> Sheet:
        """The sheet with a person's new texts; a torn row that was edited counts as repaired."""
        if not edits:
            return self
        sheet = self._repaired(edits)
        at = {int(row): position for position, row in enumerate(sheet.rows) if int(row) in edits}
        changes: dict[str, dict[int, str]] = {}
        for row, cells in edits.items():
            if row not in at:
                tally.add([row], "修改", "文件里没有这一行", "核对行号")
                continue
            for column, text in cells.items():
                if column in sheet.names:
                    changes.setdefault(column, {})[at[row]] = text
                elif column != GEOMETRY_COLUMN:
                    tally.add([row], column, "文件里没有这一列", "核对列名")
        table = sheet.cells
        for column, texts in changes.items():
            cells_now = table.column(column).to_pylist()
            for position, text in texts.items():
                cells_now[position] = text.strip() or None
            place = table.column_names.index(column)
            table = table.set_column(place, column, pa.array(cells_now, pa.string()))
        return Sheet(table, sheet.rows, sheet.torn, sheet.torn_rows, self.evidence, self.notes)

    def without_blank(self) -> Sheet:
        """The sheet without rows that hold nothing."""
        filled = np.zeros(len(self.rows), dtype=bool)
        for column in self.cells.columns:
            filled |= pc.is_valid(column).to_numpy(zero_copy_only=False)
            if filled.all():
                return self
        return self._kept(filled)

    def without_footer(self) -> Sheet:
        """The sheet without sums and remarks at its end; the evidence names them."""
        count = len(self.rows)
        keep = count
        words: list[str] = []
        for position in range(count - 1, max(-1, count - _TAIL_ROWS - 1), -1):
            texts = [column[position].as_py() for column in self.cells.columns]
            filled = [text.strip() for text in texts if text and text.strip()]
            if filled and not _is_footer(filled):
                break
            if filled:
                keep = position
                words.append(f"第 {self.rows[position]} 行“{filled[0][:20]}”是表尾,未作数据")
        if keep in (0, count):
            return self
        kept = self._kept(np.arange(count) < keep)
        evidence = (*self.evidence, *reversed(words))
        return Sheet(kept.cells, kept.rows, self.torn, self.torn_rows, evidence, self.notes)

    def _repaired(self, edits: Mapping[int, Mapping[str, str]]) -> Sheet:
        mended = np.isin(self.torn_rows, list(edits))
        if not mended.any():
            return self
        cells = pa.concat_tables([self.cells, self.torn.filter(pa.array(mended))])
        rows = np.concatenate([self.rows, self.torn_rows[mended]])
        order = np.argsort(rows, kind="stable")
        torn = self.torn.filter(pa.array(~mended))
        left = self.torn_rows[~mended]
        return Sheet(cells.take(order), rows[order], torn, left, self.evidence, self.notes)

    def _kept(self, keep: np.ndarray) -> Sheet:
        cells = self.cells.filter(pa.array(keep))
        return Sheet(cells, self.rows[keep], self.torn, self.torn_rows, self.evidence, self.notes)


def sheet_of(
    names: Sequence[str],
    columns: Sequence[Sequence[str | None]],
    rows: np.ndarray,
    evidence: tuple[str, ...] = (),
    notes: Mapping[str, Any] | None = None,
) -> Sheet:
    """A sheet without torn rows, from columns of texts."""
    arrays = [pa.array(column, pa.string()) for column in columns]
    cells = pa.table(arrays, names=list(names))
    none = np.zeros(0, dtype=np.int64)
    return Sheet(cells, rows, cells.slice(0, 0), none, evidence, notes or {})


def _is_footer(filled: list[str]) -> bool:
    if _SUMS.fullmatch("".join(filled[0].split())):
        return True
    return len(filled) <= 4 and bool(_REMARKS.fullmatch(filled[0]))
