"""A file of cases as reports and refused rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from topics.kit.cases.intake.columns import find_columns
from topics.kit.cases.intake.rows import Ground, Refused, RowReader, Taken, read_rows
from topics.kit.errors import BadCaseTable
from topics.kit.reporting.tables import Sizes, Table, read_file

MOST_ROWS = 100_000
SIZES = Sizes(largest=64 << 20, rows=MOST_ROWS + 1, unpacked=512 << 20)


def read_cases(name: str, content: bytes, ground: Ground) -> tuple[list[Taken], list[Refused]]:
    """The rows of a CSV or Excel file of cases; BadCaseTable where no table of cases is in it.

    Of a workbook the first sheet that has the columns is read.
    """
    wrong: BadCaseTable | None = None
    for table in read_file(name, content, SIZES):
        if len(table.rows) > MOST_ROWS:
            raise BadCaseTable(f"{name}:超过 {MOST_ROWS:,} 行;请分成几个文件导入")
        try:
            head, columns = find_columns(table.rows)
        except BadCaseTable as told:
            wrong = wrong or told
            continue
        return read_rows(RowReader(ground, columns), _numbered(table, head))
    raise wrong or BadCaseTable(f"{name}:里面没有表格")


def _numbered(table: Table, head: int) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows below the head, numbered from 1 at the top as Excel does."""
    yield from enumerate(table.rows[head + 1 :], head + 2)
