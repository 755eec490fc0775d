"""Sites and frames for the tests of water's functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from topics.kit.contracts import Region
from topics.kit.formula.domain import Floats, Frame

NOTHING = float("nan")
SUMMER = date(2026, 6, 1)


def place(code: str = "S1", **facts: str) -> Region:
    """A site with these facts."""
    return Region(
        code, code, code, "site", "440205", 1, date.min, kind="断面", facts=tuple(facts.items())
    )


def one_cell(value: float) -> Floats:
    """An array of one site and one period."""
    return np.array([[value]])


def frame(*regions: Region, days: tuple[date, ...] = (SUMMER,)) -> Frame:
    """The rows and columns of a call."""
    return Frame(regions, days)


def items(given: Mapping[str, float]) -> list[Floats]:
    """The six items of a section in the functions' order; what is not given is missing."""
    names = ("ph", "do", "codmn", "cod", "nh3n", "tp")
    return [one_cell(given.get(name, NOTHING)) for name in names]
