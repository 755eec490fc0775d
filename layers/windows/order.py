"""Rows of several parts in the order of one attribute, a page at a time.

A column's codes follow the order of its values, and all parts share one table: codes are compared,
never values.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layers.compile.layer import Part
from layers.errors import BadFilter
from layers.tiles.ragged import Indices

Chosen = Sequence[tuple[Part, Indices]]


def ordered(chosen: Chosen, sort: str, start: int, limit: int) -> list[tuple[Part, Indices]]:
    """One page in the order of `sort`, as runs of rows that belong to one part.

    Rows with the same value stay in the layer's order; those without any come last either way.
    """
    name = sort.removeprefix("-")
    for part, _ in chosen:
        if name not in part.columns.codes:
            known = "、".join(part.columns.codes) or "无"
            raise BadFilter(f"图层没有属性 {name},可用的属性:{known}")
    codes = np.concatenate(
        [part.columns.codes[name][rows].astype(np.int64) for part, rows in chosen]
        or [np.empty(0, np.int64)]
    )
    keys = np.where(codes < 0, np.iinfo(np.int64).max, -codes if sort[0] == "-" else codes)
    page = np.argsort(keys, kind="stable")[start : start + limit]
    return _runs(chosen, page)


def _runs(chosen: Chosen, page: Indices) -> list[tuple[Part, Indices]]:
    ends = np.cumsum([len(rows) for _, rows in chosen])
    owner = np.searchsorted(ends, page, side="right")
    found: list[tuple[Part, Indices]] = []
    for run in np.split(np.arange(len(page)), np.flatnonzero(np.diff(owner)) + 1):
        if len(run):
            part, rows = chosen[owner[run[0]]]
            before = ends[owner[run[0]]] - len(rows)
            found.append((part, rows[page[run] - before]))
    return found
