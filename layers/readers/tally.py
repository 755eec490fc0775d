"""Problems counted by kind: a million bad rows are one line that names the first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layers.contracts import Problem


class Tally:
    """Collects problems; the same item, problem and remedy become one with a count."""

    def __init__(self) -> None:
        """Start with none."""
        self._found: dict[tuple[str, str, str], tuple[int | None, int]] = {}
        self._rows: list[tuple[np.ndarray, str]] = []

    def add(
        self, rows: Sequence[int] | np.ndarray | None, item: str, problem: str, remedy: str
    ) -> None:
        """Count `rows` under one problem (None: the file as a whole); no rows, no problem."""
        if rows is not None and len(rows) == 0:
            return
        count = 1 if rows is None else len(rows)
        row = None if rows is None else int(min(rows))
        first, before = self._found.get((item, problem, remedy), (row, 0))
        earliest = row if first is None else first if row is None else min(first, row)
        self._found[item, problem, remedy] = (earliest, before + count)
        if rows is not None:
            self._rows.append((np.asarray(rows, dtype=np.int64), f"{item}{problem}"))

    def problems(self) -> tuple[Problem, ...]:
        """What was found, in the order of finding."""
        return tuple(
            Problem(row, item, problem, remedy, count)
            for (item, problem, remedy), (row, count) in self._found.items()
        )

    def reasons(self, rows: np.ndarray) -> list[str]:
        """What was found about each of `rows`, in one text; "" where nothing was."""
        found: dict[int, list[str]] = {}
        for reported, reason in self._rows:
            for row in reported[np.isin(reported, rows)].tolist():
                found.setdefault(row, []).append(reason)
        return [";".join(dict.fromkeys(found.get(row, ()))) for row in rows.tolist()]

    def first(self) -> str:
        """The first problem in words: where, what and how often; "" without any."""
        for one in self.problems():
            where = "" if one.row is None else f"第 {one.row} 行"
            often = f"(共 {one.count} 处)" if one.count > 1 else ""
            return f"{where} {one.item} {one.problem}{often}".strip() + f";{one.remedy}"
        return ""
