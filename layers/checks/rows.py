"""Row numbers in words."""

from __future__ import annotations

import numpy as np

_MOST = 6  # ranges named; more are counted


def rows_label(rows: np.ndarray) -> str:
    """The rows as ranges, “12、418–421”; long lists end with how many rows they are of."""
    numbers = np.unique(rows)
    if not len(numbers):
        return "整个文件"
    breaks = np.flatnonzero(np.diff(numbers) > 1)
    starts = numbers[np.concatenate(([0], breaks + 1))]
    ends = numbers[np.concatenate((breaks, [len(numbers) - 1]))]
    named = [_range(int(a), int(b)) for a, b in zip(starts[:_MOST], ends[:_MOST], strict=True)]
    more = f" 等 {len(numbers):,} 行" if len(starts) > _MOST else ""
    return "、".join(named) + more


def _range(first: int, last: int) -> str:
    if first == last:
        return str(first)
    return f"{first}、{last}" if last == first + 1 else f"{first}–{last}"
