"""河长制: how many inspections a month asks of the river chiefs of each level.

How often each level walks its rivers is set locally: topics/water/patrol_frequency.csv holds
examples, unverified and to be changed by the city, each row with the days it is valid for.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from topics.kit.formula.domain import Derived, Floats, Frame, as_arrays
from topics.kit.reference_rows import day, read_rows
from topics.kit.tables_in_force import read_once, topic_table

_FOLDER = Path(__file__).parent
LEVELS = ("市级", "县级", "镇级", "村级")


def patrols_due(
    frame: Frame, city: Floats, county: Floats, town: Floats, village: Floats
) -> Derived:
    """应巡河次数 of a month: chiefs of each level × how often that level walks in a month."""
    chiefs = as_arrays((city, county, town, village))
    often = np.array([[per_month(level, one) for one in frame.days] for level in LEVELS])
    due = np.zeros(chiefs[0].shape)
    for number, of_level in enumerate(chiefs):
        due = due + np.where(of_level >= 0, of_level, np.nan) * often[number][None, :]
    return Derived(due, why="河长人数缺报,或没有该级的巡河频次")


def per_month(level: str, on: date) -> float:
    """How often a chief of the level shall walk in a month; NaN where no rule is in force."""
    for name, start, end, times in _rules():
        if name == level and start <= on and (end is None or on < end):
            return times
    return np.nan


@read_once
def _rules() -> tuple[tuple[str, date, date | None, float], ...]:
    columns = ("level", "times_a_month", "valid_from", "valid_to", "status")
    return tuple(
        (
            row["level"],
            day(row["valid_from"]) or date.min,
            day(row["valid_to"]),
            float(row["times_a_month"]),
        )
        for row in read_rows(topic_table(_FOLDER, "patrol_frequency.csv"), columns)
    )
