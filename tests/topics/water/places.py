"""Sites and frames for the tests of water's functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from topics.kit.contracts import Region
from topics.kit.formula.domain import Floats, Frame
from topics.water.sections import ITEMS, STATION_ITEMS

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


def items(given: Mapping[str, float], names: Sequence[str] = STATION_ITEMS) -> list[Floats]:
    """The items of a section in the functions' order; what is not given is missing."""
    return [one_cell(given.get(name, NOTHING)) for name in names]


def month(given: Mapping[str, float]) -> list[Floats]:
    """All 21 items of a monthly assessment."""
    return items(given, ITEMS)


def below_limit(site: Region, named: Sequence[str], names: Sequence[str] = ITEMS) -> Frame:
    """A frame in which these items are half a detection limit."""
    flags = [np.array([[name in named]]) for name in names]
    return Frame((site,), (SUMMER,), flags)
