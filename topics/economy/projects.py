"""重点建设项目: what a project's reported share means against its own years (序时进度).

Total and years are facts of the sites' table (projects.csv, 韶府办〔2021〕11号 附件); the share
done is reported month by month. Light: done against the share of the project's days that
are over; the tolerances are data (project_rules.csv, own rule, configurable).
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np

from topics.economy.progress import elapsed
from topics.kit.contracts import Region
from topics.kit.errors import BadManifest
from topics.kit.formula.domain import Derived, Floats, Frame, as_arrays
from topics.kit.reference_rows import read_rows
from topics.kit.tables_in_force import read_once, topic_table

FOLDER = Path(__file__).parent
RULES = "project_rules.csv"
ON_TIME, BEHIND, FAR_BEHIND = 1.0, 2.0, 3.0
_NO_TOTAL = "项目表里没有总投资"
_NO_YEARS = "项目表里没有起止年份"


@read_once
def tolerances(path: Path | None = None) -> tuple[float, float]:
    """Percentage points behind the calendar at which a project lags, and lags far."""
    path = path or topic_table(FOLDER, RULES)
    rows = {row["rule"]: row["value"] for row in read_rows(path, ("rule", "value", "status"))}
    try:
        behind, far = float(rows["behind"]), float(rows["far_behind"])
    except (KeyError, ValueError) as wrong:
        raise BadManifest(f"{path.name}:要有 behind 与 far_behind 两行,值为数") from wrong
    if not 0 <= behind < far:
        raise BadManifest(f"{path.name}:behind 要小于 far_behind,都不为负")
    return behind, far


def project_total(frame: Frame, share: Floats) -> Derived:
    """The total investment in 万元 wherever a share was reported."""
    (done,) = as_arrays([share])
    return Derived(np.where(np.isfinite(done), _totals(frame), np.nan), why=_NO_TOTAL)


def project_invested(frame: Frame, share: Floats) -> Derived:
    """Invested so far in 万元: share × total ÷ 100; never less than nothing."""
    (done,) = as_arrays([share])
    return Derived(np.where(done >= 0, done * _totals(frame) / 100, np.nan), why=_NO_TOTAL)


def project_schedule(frame: Frame, share: Floats) -> Derived:
    """Percent of the project's days that are over at the end of the month (序时进度)."""
    (done,) = as_arrays([share])
    return Derived(np.where(np.isfinite(done), _schedule(frame), np.nan), why=_NO_YEARS)


def project_light(frame: Frame, share: Floats) -> Derived:
    """1 on time, 2 behind, 3 far behind the calendar by more than the tolerances."""
    (done,) = as_arrays([share])
    behind, far = tolerances()
    lag = _schedule(frame) - done
    light = np.select([lag > far, lag > behind], [FAR_BEHIND, BEHIND], ON_TIME)
    return Derived(np.where(np.isfinite(lag), light, np.nan), why=_NO_YEARS)


def _totals(frame: Frame) -> Floats:
    return np.array([[_number(one, "total")] for one in frame.regions])


def _schedule(frame: Frame) -> Floats:
    ends = [_month_end(one) for one in frame.days]
    return np.array([[_gone(one, end) for end in ends] for one in frame.regions]).reshape(
        len(frame.regions), len(ends)
    )


def _gone(region: Region, end: date) -> float:
    first, last = _number(region, "start"), _number(region, "end")
    if not (np.isfinite(first) and np.isfinite(last)) or not 1 <= first <= last <= 9998:
        return float("nan")
    return elapsed(date(int(first), 1, 1), date(int(last), 12, 31), end + timedelta(days=1))


def _number(region: Region, fact: str) -> float:
    """A positive number of the sites' table; NaN for a blank, a text or nonsense."""
    try:
        found = float(region.fact(fact))
    except ValueError:
        return float("nan")
    return found if np.isfinite(found) and found > 0 else float("nan")


def _month_end(first: date) -> date:
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return following - timedelta(days=1)
