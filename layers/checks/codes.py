"""The regions that codes and names are held against, as they are valid on a day."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

_STATISTICAL = 12  # digits of a village code; the first nine name the town, six the county
_CITY = 4  # leading digits that all codes of one city share


@dataclass(frozen=True, slots=True)
class CodedRegion:
    """A region code with its name; a withdrawn one has its last day and, if known, a successor."""

    code: str
    name: str
    short_name: str = ""
    level: str = ""
    parent: str | None = None
    valid_to: date | None = None
    successor: str | None = None


class CodeTable:
    """Region codes of a city on a day: which are in force, which were withdrawn and for what."""

    def __init__(self, regions: Iterable[CodedRegion], on: date) -> None:
        """Take the regions; what ended on or before `on` counts as withdrawn."""
        self._live: dict[str, CodedRegion] = {}
        self._gone: dict[str, CodedRegion] = {}
        for one in regions:
            ended = one.valid_to is not None and one.valid_to <= on
            (self._gone if ended else self._live)[one.code] = one
        for code in self._live:
            self._gone.pop(code, None)
        self._prefixes = {code[:_CITY] for code in self._live}
        self._names = self._by_name(self._live.values())
        self._old_names = self._by_name(self._gone.values())

    @classmethod
    def load(cls, regions: Path, withdrawn: Path | None, on: date) -> CodeTable:
        """The table of data/reference/regions.csv and withdrawn_regions.csv."""
        read = _rows(regions)
        known = {one.code for one in read}
        more = _rows(withdrawn) if withdrawn else []
        return cls([*read, *(one for one in more if one.code not in known)], on)

    def find(self, code: str) -> CodedRegion | None:
        """The region in force of a code of 6, 9 or 12 digits, or None."""
        return self._live.get(self.plain(code))

    def withdrawn(self, code: str) -> CodedRegion | None:
        """The withdrawn region of that code, or None when it is in force or unknown."""
        plain = self.plain(code)
        return None if plain in self._live else self._gone.get(plain)

    def successor(self, region: CodedRegion) -> CodedRegion | None:
        """The region in force that took over, through several changes; None outside the table."""
        seen: set[str] = set()
        code = region.successor
        while code is not None and code not in seen:
            if code in self._live:
                return self._live[code]
            seen.add(code)
            gone = self._gone.get(code)
            code = None if gone is None else gone.successor
        return None

    def ours(self, code: str) -> bool:
        """Whether a code belongs to the city by its first digits."""
        return code[:_CITY] in self._prefixes

    def named(self, name: str) -> tuple[CodedRegion, ...]:
        """The regions in force of that full or short name; several where a name repeats."""
        return self._names.get(name, ())

    def once_named(self, name: str) -> CodedRegion | None:
        """The withdrawn region of that name, None if a region in force is called so too."""
        found = self._old_names.get(name, ())
        return found[0] if len(found) == 1 and name not in self._names else None

    def plain(self, code: str) -> str:
        """The code as the table has it: 440205000000 is 440205, a village's its town's."""
        if len(code) == _STATISTICAL and code.isdigit():
            code = code[:9]
        if len(code) == 9 and code.endswith("000"):
            code = code[:6]
        return code

    @staticmethod
    def _by_name(regions: Iterable[CodedRegion]) -> dict[str, tuple[CodedRegion, ...]]:
        found: dict[str, tuple[CodedRegion, ...]] = {}
        for one in regions:
            for name in {one.name, one.short_name} - {""}:
                found[name] = (*found.get(name, ()), one)
        return found


def _rows(path: Path) -> list[CodedRegion]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            CodedRegion(
                code=row["code"],
                name=row["name"],
                short_name=row.get("short_name") or "",
                level=row.get("level") or "",
                parent=row.get("parent") or None,
                valid_to=date.fromisoformat(row["valid_to"]) if row.get("valid_to") else None,
                successor=row.get("successor") or None,
            )
            for row in csv.DictReader(file)
        ]
