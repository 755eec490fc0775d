"""The regions a table may be joined to: codes, names, validity and shapes, as plain data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import orjson
import shapely

# Endings of official names, longest first; what is left when one is taken off is a short name.
_ENDINGS = (
    "瑶族自治县",
    "自治县",
    "民族乡",
    "街道办事处",
    "街道",
    "地区",
    "市",
    "县",
    "区",
    "镇",
    "乡",
)
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Region:
    """One administrative region; dates are ISO texts, "" for open; the shape is in EPSG:4326."""

    code: str
    name: str
    level: str = ""
    parent: str = ""
    short_names: tuple[str, ...] = ()
    valid_from: str = ""
    valid_to: str = ""
    successor: str = ""
    geometry: shapely.Geometry | None = None

    @property
    def withdrawn(self) -> bool:
        """Whether the code has ended."""
        return bool(self.valid_to)


@dataclass(frozen=True)
class Gazetteer:
    """Regions to join by code, or by a name that is checked to be unique."""

    regions: tuple[Region, ...] = ()
    _names: dict[str, list[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the look-up by name."""
        names: defaultdict[str, list[str]] = defaultdict(list)
        for region in self.regions:
            for name in _names_of(region):
                names[name].append(region.code)
        object.__setattr__(self, "_names", dict(names))

    @cached_property
    def by_code(self) -> Mapping[str, Region]:
        """The regions by code."""
        return {region.code: region for region in self.regions}

    def find(self, code: str) -> Region | None:
        """The region of a code of 6, 9 or 12 digits; zeros at the end name the region above."""
        code = code.strip()
        for length, zeros in ((len(code), ""), (9, "000"), (6, "000000"), (6, "000")):
            if len(code) == length + len(zeros) and code.endswith(zeros):
                found = self.by_code.get(code[:length])
                if found:
                    return found
        return None

    def named(self, name: str, parent: str = "") -> tuple[Region, ...]:
        """All regions in force that bear the name, full or short, alone or behind their parents'.

        With `parent` (a code) only those under it. Withdrawn regions come only where no other
        bears the name.
        """
        plain = _plain(name)
        found = [self.by_code[code] for code in dict.fromkeys(self._names.get(plain, ()))]
        if not found:
            found = self._behind_parents(plain)
        if parent:
            found = [region for region in found if parent in self.above(region)]
        return tuple([one for one in found if not one.withdrawn] or found)

    def above(self, region: Region) -> tuple[str, ...]:
        """The codes of the regions that contain this one, nearest first."""
        codes: list[str] = []
        while region.parent and region.parent not in codes:
            codes.append(region.parent)
            if region.parent not in self.by_code:
                break
            region = self.by_code[region.parent]
        return tuple(codes)

    def title(self, region: Region) -> str:
        """The name with that of the region above, where known: 乳源瑶族自治县大桥镇."""
        parent = self.by_code.get(region.parent)
        return f"{parent.name if parent and parent.parent else ''}{region.name}"

    def names(self) -> tuple[str, ...]:
        """The full names in force, to suggest from."""
        return tuple(dict.fromkeys(one.name for one in self.regions if not one.withdrawn))

    def to_json(self) -> str:
        """The gazetteer as JSON text; `from_json` gives it back."""
        return orjson.dumps([_record(region) for region in self.regions]).decode()

    @classmethod
    def from_json(cls, text: str) -> Gazetteer:
        """The gazetteer that `to_json` wrote."""
        return cls(tuple(_region(record) for record in orjson.loads(text)))

    @classmethod
    def of(
        cls, rows: Iterable[Mapping[str, str]], shapes: Mapping[str, shapely.Geometry]
    ) -> Gazetteer:
        """From rows of the region table (code, name, short_name, level, parent …) and shapes."""
        return cls(
            tuple(
                Region(
                    code=row["code"],
                    name=row["name"],
                    level=row.get("level", ""),
                    parent=row.get("parent", ""),
                    short_names=tuple(filter(None, (row.get("short_name", ""),))),
                    valid_from=row.get("valid_from", ""),
                    valid_to=row.get("valid_to", ""),
                    successor=row.get("successor", ""),
                    geometry=shapes.get(row["code"]),
                )
                for row in rows
            )
        )

    def _behind_parents(self, plain: str) -> list[Region]:
        """Regions whose name stands behind the names of regions above: 韶关市仁化县大桥镇."""
        found = []
        for region in self.regions:
            for name in _names_of(region):
                if plain.endswith(name) and self._leads_to(plain[: -len(name)], region):
                    found.append(region)
                    break
        return found

    def _leads_to(self, before: str, region: Region) -> bool:
        above = [self.by_code[code] for code in self.above(region) if code in self.by_code]
        for one in above:
            ending = next((name for name in _names_of(one) if before.endswith(name)), None)
            if ending:
                before = before[: -len(ending)]
        return before in ("", "广东省", "广东")


def _plain(name: str) -> str:
    return "".join(name.split())


def _names_of(region: Region) -> tuple[str, ...]:
    """The full name, the given short ones, and the name without its official ending."""
    names = [region.name, *region.short_names]
    for ending in _ENDINGS:
        if region.name.endswith(ending) and len(region.name) - len(ending) >= _SHORTEST:
            names.append(region.name.removesuffix(ending))
            break
    return tuple(sorted(dict.fromkeys(_plain(name) for name in names), key=len, reverse=True))


_TEXTS = ("code", "name", "level", "parent", "valid_from", "valid_to", "successor")


def _record(region: Region) -> dict[str, object]:
    record: dict[str, object] = {key: getattr(region, key) for key in _TEXTS}
    shape = None if region.geometry is None else shapely.to_wkb(region.geometry, hex=True)
    return record | {"short_names": list(region.short_names), "geometry": shape}


def _region(record: Mapping[str, object]) -> Region:
    texts = {key: str(record[key]) for key in _TEXTS}
    short, shape = record["short_names"], record["geometry"]
    return Region(
        **texts,
        short_names=tuple(str(one) for one in short) if isinstance(short, list) else (),
        geometry=None if shape is None else shapely.from_wkb(str(shape)),
    )
