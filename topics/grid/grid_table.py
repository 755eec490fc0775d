"""The table of unit grids as a city brings it: codes of 15 digits that lie where they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from topics.grid.codes import BadCode, read_grid
from topics.kit.errors import BadManifest
from topics.kit.reference_rows import read_rows
from topics.kit.tables_in_force import topic_table

_FOLDER, _FILE = Path(__file__).parent, "grids.csv"


def read_grids() -> int:
    """How many grids the table in force has; BadManifest names the row of each wrong code."""
    rows = read_rows(topic_table(_FOLDER, _FILE), ("code", "region", "community"))
    problems = [
        f"{_FILE} 第 {number} 行 {said}"
        for number, row in enumerate(rows, 2)
        for said in _problems(row)
    ]
    if problems:
        raise BadManifest("\n".join(problems))
    return len(rows)


def _problems(row: dict[str, str]) -> Iterator[str]:
    try:
        code = read_grid(row["code"])
    except BadCode as wrong:
        yield f"code:{wrong}"
        return
    if not str(code).startswith(row["region"]):
        yield f"region:网格 {code} 的代码属 {code.town},所在区划却写 {row['region']!r}"
    if row["community"] and row["community"] != str(code)[:12]:
        yield f"community:网格 {code} 的代码属 {str(code)[:12]},社区却写 {row['community']!r}"
