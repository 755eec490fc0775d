"""Leakage of the supply network, in the two 口径 of CJJ 92: 综合漏损率 and the corrected 漏损率.

CJJ 92-2016 (2018 revision): gross = (供水总量 − 注册用户用水量) ÷ 供水总量; the corrected rate
takes off what the city cannot help. The corrections R1–R4 are from general knowledge, UNVERIFIED:
they are data (topics/water/leakage_corrections.csv) and said to be so where they are shown.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from topics.kit.formula.domain import Derived, Floats, Frame, as_arrays
from topics.kit.reference_rows import read_rows
from topics.kit.tables_in_force import read_once, topic_table

_FOLDER = Path(__file__).parent


def leakage_corrected(
    frame: Frame,
    gross: Floats,
    household: Floats,
    length: Floats,
    supplied: Floats,
    pressure: Floats,
) -> Derived:
    """漏损率 after correction, %: gross − R1 (抄表到户) − R2 (单位供水量管长) − R3 (出厂压力).

    `household` in %, `length` of pipes in km, `supplied` 万m³ a year, `pressure` in MPa. Never
    below 0; R4 (frozen ground) is nought in this climate.
    """
    gross, household, length, supplied, pressure = as_arrays(
        (gross, household, length, supplied, pressure)
    )
    rule = _rule()
    first = rule["R1"] * household / 100
    with np.errstate(divide="ignore", invalid="ignore"):
        second = rule["R2"] * (length / supplied - rule["R2_from"]) * 100
    second = np.clip(second, -rule["R2_most"], rule["R2_most"])
    third = np.select(
        [pressure > rule["R3_c"], pressure > rule["R3_b"], pressure > rule["R3_a"]],
        [rule["R3_c_off"], rule["R3_b_off"], rule["R3_a_off"]],
        0.0,
    )
    sound = (supplied > 0) & (gross >= 0) & (gross <= 100) & (household >= 0) & (pressure >= 0)
    found = np.where(sound & (length >= 0), gross - first - second - third, np.nan)
    return Derived(np.maximum(found, 0.0), why="综合漏损率或修正所需的数缺报")


@read_once
def _rule() -> dict[str, float]:
    rows = read_rows(topic_table(_FOLDER, "leakage_corrections.csv"), ("name", "value", "status"))
    return {row["name"]: float(row["value"]) for row in rows}
