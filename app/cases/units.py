"""Units that cases go to: organisations, and the governments of places ("region:440205")."""

from __future__ import annotations

from datetime import date

from topics.kit.cases.routing import TERRITORY
from topics.kit.errors import BadCase
from topics.kit.organisations import Organisations
from topics.kit.regions import RegionTree


class Units:
    """Names units by their id."""

    def __init__(self, organisations: Organisations, regions: RegionTree) -> None:
        """Ask the table of organisations and the tree of regions."""
        self._organisations = organisations
        self._regions = regions

    def name(self, unit: str | None, on: date | None = None) -> str:
        """What people call the unit; "" for none, the id where it is unknown."""
        if not unit:
            return ""
        if unit.startswith(TERRITORY):
            code = unit.removeprefix(TERRITORY)
            place = self._regions.find(code)
            return code if place is None else f"{place.name}(属地)"
        return self._organisations.name(unit, on)

    def require(self, unit: str) -> str:
        """The unit itself when there is one of that id; BadCase says what to write."""
        code = unit.removeprefix(TERRITORY)
        known = (
            self._regions.find(code) if unit.startswith(TERRITORY) else None
        ) or self._organisations.find(unit)
        if known is None:
            some = "、".join(f"{one.id}({one.short_name})" for one in self._organisations.all()[:4])
            raise BadCase(
                f"没有单位 {unit[:40]!r};写单位编号,如 {some},属地写 region:440205",
                problem={"errors": [{"item": "unit", "problem": "没有这个单位"}]},
            )
        return unit
