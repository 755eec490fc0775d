"""Columns without any value."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layers.checks.contracts import Issue
from layers.checks.repairs import DropColumn
from layers.checks.subject import Subject


def look_empty(subject: Subject) -> Iterator[Issue]:
    """Columns that are empty in every row; one that the version before had is kept."""
    before = subject.rules.previous
    for column in subject.columns:
        if not len(subject.rows) or not subject.frame[column].isna().all():
            continue
        wanted = before is not None and column in before.columns
        yield subject.issue(
            "empty_column",
            column,
            np.empty(0, dtype=np.int64),
            problem="整列为空",
            remedy="上一版有此列,请确认是否漏导" if wanted else "删去该列,或补上数据后重新上传",
            severity="notice",
            fix=None if wanted else "删去该列",
            repair=None if wanted else DropColumn(column),
        )
