"""Which open cases may be the same thing: near in place, of one kind, near in time.

Only a person says that two are one (并案); this only names the candidates, nearest first. How near
is near is data by category (data/reference/case_duplicates.csv; the closest rule holds: code, 大类,
kind, scheme, all). Distances are metres on a sphere of WGS-84's mean radius (within 0.5 %).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from topics.kit.cases.contracts import CategoryKey
from topics.kit.errors import BadManifest
from topics.kit.reference_rows import read_rows

_COLUMNS = ("scheme", "kind", "code", "metres", "hours", "source", "status")
_ANY = "*"
_RADIUS_M = 6_371_008.8
_METRES_A_DEGREE = _RADIUS_M * math.pi / 180


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near two reports of a category must be to look like one."""

    metres: float
    within: timedelta


@dataclass(frozen=True, slots=True)
class Spot:
    """Where and when a case was seen; WGS-84 degrees."""

    case: str
    category: CategoryKey
    longitude: float
    latitude: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Likely:
    """A case that may be the same; `apart` is the time between the two reports."""

    case: str
    distance_m: float
    apart: timedelta

    @property
    def minutes(self) -> int:
        """The time between the two reports in whole minutes."""
        return round(self.apart / timedelta(minutes=1))


class DuplicateRules:
    """How near is near, by category."""

    def __init__(self, rules: dict[tuple[str, str, str], Nearness]) -> None:
        """Take the rules; ("*", "*", "*") must be one of them."""
        self._rules = rules

    @classmethod
    def load(cls, path: Path) -> DuplicateRules:
        """The rules of a CSV table; BadManifest names row and fix."""
        rules: dict[tuple[str, str, str], Nearness] = {}
        for number, row in enumerate(read_rows(path, _COLUMNS), 2):
            try:
                metres, hours = float(row["metres"]), float(row["hours"])
            except ValueError:
                metres = hours = math.nan
            if not (0 < metres <= 5000 and 0 < hours <= 24 * 366):
                raise BadManifest(
                    f"{path.name} 第 {number} 行:metres 写 0–5000 的米数,hours 写 0–8784 的小时数"
                )
            key = (row["scheme"], row["kind"], row["code"])
            rules[key] = Nearness(metres, timedelta(hours=hours))
        if (_ANY, _ANY, _ANY) not in rules:
            raise BadManifest(f"{path.name}:要有一行 scheme、kind、code 都是 *,用于其余类别")
        return cls(rules)

    def nearness(self, category: CategoryKey) -> Nearness:
        """The closest rule for the category."""
        for code in (category.code, category.code[:2], _ANY):
            for scheme, kind in (
                (category.scheme, category.kind),
                (category.scheme, _ANY),
            ):
                found = self._rules.get((scheme, kind, code))
                if found is not None:
                    return found
        return self._rules[_ANY, _ANY, _ANY]

    def find(self, new: Spot, others: Iterable[Spot]) -> list[Likely]:
        """Those of `others` that may be the same thing as `new`, nearest first."""
        near = self.nearness(new.category)
        found = []
        for other in others:
            if other.case == new.case or other.category != new.category:
                continue
            apart = abs(new.at - other.at)
            if apart > near.within:
                continue
            distance = metres_between(new, other)
            if distance <= near.metres:
                found.append(Likely(other.case, distance, apart))
        return sorted(found, key=lambda one: (one.distance_m, one.apart, one.case))


class SpotGrid:
    """Many spots, so that those near one are found without looking at all of them."""

    def __init__(self, rules: DuplicateRules) -> None:
        """Use `rules`; holds nothing yet."""
        self._rules = rules
        self._cells: dict[tuple[CategoryKey, int, int], list[Spot]] = {}

    def add(self, spot: Spot) -> None:
        """Take a spot in."""
        self._cells.setdefault((spot.category, *self._cell(spot)), []).append(spot)

    def find(self, new: Spot) -> list[Likely]:
        """Those that may be the same thing as `new`, nearest first."""
        x, y = self._cell(new)
        around = (
            one
            for right in (-1, 0, 1)
            for up in (-1, 0, 1)
            for one in self._cells.get((new.category, x + right, y + up), ())
        )
        return self._rules.find(new, around)

    def _cell(self, spot: Spot) -> tuple[int, int]:
        """Cells as high as the rule reaches; twice as wide, for up to 60° of latitude."""
        degrees = self._rules.nearness(spot.category).metres / _METRES_A_DEGREE
        return math.floor(spot.longitude / (2 * degrees)), math.floor(spot.latitude / degrees)


def box_around(spot: Spot, metres: float) -> tuple[float, float, float, float]:
    """West, south, east and north of a box that holds all within `metres`."""
    up = metres / _METRES_A_DEGREE * 1.01
    across = up / max(math.cos(math.radians(spot.latitude)), 0.01)
    return (
        spot.longitude - across,
        spot.latitude - up,
        spot.longitude + across,
        spot.latitude + up,
    )


def metres_between(one: Spot, other: Spot) -> float:
    """The distance of two spots along the ground (haversine)."""
    lat, lat_other = math.radians(one.latitude), math.radians(other.latitude)
    half_up = (lat_other - lat) / 2
    half_across = math.radians(other.longitude - one.longitude) / 2
    part = math.sin(half_up) ** 2 + math.cos(lat) * math.cos(lat_other) * math.sin(half_across) ** 2
    return 2 * _RADIUS_M * math.asin(min(1.0, math.sqrt(part)))
