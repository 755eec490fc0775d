"""To whom a case goes: by category and place, as data; with the reason, or why nobody is named.

The nearest row wins: the longest code first, then the smallest region. Without a row the duty is
unclear (协调); when that takes too long the place itself has it (属地兜底, PRACTICE 17).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from topics.kit.cases.contracts import CategoryKey
from topics.kit.reference_rows import read_rows

_COLUMNS = ("scheme", "kind", "code", "region", "unit", "support", "source", "status")
TERRITORY = "region:"
"""What the unit of a place is called: "region:440205" is the government of 曲江区."""


@dataclass(frozen=True, slots=True)
class Route:
    """One row: cases of the category ("" all) in the region ("" everywhere) go to the unit."""

    scheme: str
    kind: str
    code: str
    region: str
    unit: str
    support: tuple[str, ...]
    source: str
    status: str

    def fits(self, key: CategoryKey, regions: Sequence[str]) -> bool:
        """Whether it speaks of the category in one of the regions."""
        return (
            self.scheme in ("", key.scheme)
            and self.kind in ("", key.kind)
            and key.code.startswith(self.code)
            and self.region in ("", *regions)
        )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Whom the table names, and why; no unit where it names nobody."""

    unit: str | None
    support: tuple[str, ...] = ()
    why: str = ""
    verified: bool = False


class Routing:
    """The table of duties. Immutable."""

    def __init__(self, routes: Iterable[Route]) -> None:
        """Take the rows."""
        self._routes = tuple(routes)

    @classmethod
    def load(cls, path: Path) -> Routing:
        """The rows of case_routing.csv; BadManifest names file and column."""
        return cls(
            Route(
                support=tuple(one for one in row["support"].split("|") if one),
                **{name: row[name] for name in _COLUMNS if name != "support"},
            )
            for row in read_rows(path, _COLUMNS)
        )

    def suggest(self, key: CategoryKey, regions: Sequence[str]) -> Suggestion:
        """The nearest row for a category in a place; `regions` from the city down to it."""
        depth = {region: level for level, region in enumerate(regions, 1)}
        fitting = [one for one in self._routes if one.fits(key, regions)]
        if not fitting:
            return Suggestion(None, why="责任分工表里没有这一类;请提交协调,或派给属地")
        best = max(fitting, key=lambda one: (len(one.code), depth.get(one.region, 0)))
        where = f"、区划 {best.region}" if best.region else ""
        verified = "unverified" not in best.status
        mark = "" if verified else "(未核实,可改)"
        kind = "" if best.kind == best.scheme else best.kind
        why = f"责任分工表:{best.scheme}{kind} {best.code or '全部'}{where}{mark}"
        return Suggestion(best.unit, best.support, why, verified)

    def territory(self, regions: Sequence[str]) -> Suggestion:
        """The county that a case lies in, or the city where it lies in none: 属地兜底."""
        county = regions[1] if len(regions) > 1 else regions[0]
        return Suggestion(f"{TERRITORY}{county}", why="职责不清,协调超时,由属地兜底")
