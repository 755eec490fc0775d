"""The full name of a coordinate system: its base, and what was done to the numbers on top.

One text holds everything needed to bring coordinates to the earth again, so a version keeps it:
`EPSG:4547`, `gcj02:yx` (latitude first), `EPSG:4526@gcj02` (metres made from GCJ-02 positions),
`EPSG:2383+seven(dx,dy,dz,rx,ry,rz,ppm,position_vector)` (a datum shift that somebody supplied),
`cgcs2000-gk6` (six-degree zones, each coordinate in the zone of its own prefix).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

GCJ02 = "gcj02"
BD09 = "bd09"
ZONES = {"cgcs2000-gk3": 3, "cgcs2000-gk6": 6}  # base name → width of a zone in degrees
NAMED = frozenset({GCJ02, BD09, *ZONES})  # bases that PROJ does not know
_FULL = re.compile(
    r"(?P<base>.*?)(?P<offset>@gcj02)?(?P<swapped>:yx)?(?:\+seven\((?P<seven>[^()]*)\))?",
    flags=re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class System:
    """A base system, and whether its numbers come latitude or north first, offset, or shifted."""

    base: str
    offset: bool = False
    swapped: bool = False
    seven: str | None = None

    @property
    def name(self) -> str:
        """The one text that `split` takes apart again."""
        tail = f"+seven({self.seven})" if self.seven else ""
        middle = ("@gcj02" if self.offset else "") + (":yx" if self.swapped else "")
        return f"{self.base}{middle}{tail}"


def split(name: str) -> System:
    """The parts of a full name."""
    match = _FULL.fullmatch(name)
    if match is None:  # pragma: no cover - the pattern takes every text
        return System(name)
    return System(match["base"], bool(match["offset"]), bool(match["swapped"]), match["seven"])
