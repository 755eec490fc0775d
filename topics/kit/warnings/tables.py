"""Which kinds, levels and issuers there are: tables with validity, by province."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from topics.kit.errors import BadManifest
from topics.kit.reference_rows import day, read_rows
from topics.kit.warnings.contracts import LEVELS

_KINDS = ("kind", "province", "signal", "levels", "valid_from", "valid_to", "source", "status")
_ISSUERS = ("name", "kinds", "region", "valid_from", "valid_to", "source", "status")


@dataclass(frozen=True, slots=True)
class SignalKind:
    """One kind of 法定预警 in one province ("" = where no province says otherwise)."""

    kind: str
    province: str
    signal: str
    levels: tuple[str, ...]  # worst first
    valid_from: date | None
    valid_to: date | None
    source: str
    status: str

    def valid(self, on: date) -> bool:
        """Whether it holds on that day."""
        return _within(self.valid_from, self.valid_to, on)


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who may publish what."""

    name: str
    kinds: frozenset[str]
    valid_from: date | None
    valid_to: date | None

    def valid(self, on: date) -> bool:
        """Whether it existed on that day."""
        return _within(self.valid_from, self.valid_to, on)


class WarningTables:
    """The tables of one city: the province's own rows come before the national ones."""

    def __init__(
        self, kinds: Iterable[SignalKind], issuers: Iterable[Issuer], *, province: str
    ) -> None:
        """`province` is the first two digits of the city's code."""
        self._kinds = [one for one in kinds if one.province in ("", province)]
        self._issuers = list(issuers)

    @classmethod
    def load(cls, kinds: Path, issuers: Path, *, city: str) -> WarningTables:
        """The tables of data/reference; BadManifest names file, row and column."""
        read = [_kind(kinds.name, n, row) for n, row in enumerate(read_rows(kinds, _KINDS), 2)]
        names = [
            Issuer(
                row["name"],
                frozenset(row["kinds"].split()),
                day(row["valid_from"]),
                day(row["valid_to"]),
            )
            for row in read_rows(issuers, _ISSUERS)
        ]
        return cls(read, names, province=city[:2])

    def kinds(self, on: date) -> list[SignalKind]:
        """The kinds of that day, each once."""
        found: dict[str, SignalKind] = {}
        for one in self._kinds:
            if one.valid(on) and (one.kind not in found or one.province):
                found[one.kind] = one
        return list(found.values())

    def kind(self, name: str, on: date) -> SignalKind | None:
        """The kind of that name on that day; None when there is none."""
        return next((one for one in self.kinds(on) if one.kind == name), None)

    def issuer(self, name: str, on: date) -> Issuer | None:
        """The issuer of that name on that day; None when there is none."""
        return next((one for one in self._issuers if one.name == name and one.valid(on)), None)

    def issuers(self, on: date, kind: str | None = None) -> Sequence[str]:
        """The names of who may publish (a kind) on that day."""
        return [
            one.name
            for one in self._issuers
            if one.valid(on) and (kind is None or kind in one.kinds)
        ]


def _kind(file: str, number: int, row: dict[str, str]) -> SignalKind:
    levels = tuple(row["levels"].split())
    if not levels or any(one not in LEVELS for one in levels):
        raise BadManifest(
            f"{file} 第 {number} 行 levels:{row['levels']!r} 写成用空格隔开的 {' '.join(LEVELS)}"
        )
    if list(levels) != sorted(levels, key=LEVELS.index):
        raise BadManifest(f"{file} 第 {number} 行 levels:请从重到轻写,如 红 橙 黄")
    return SignalKind(
        row["kind"],
        row["province"],
        row["signal"],
        levels,
        day(row["valid_from"]),
        day(row["valid_to"]),
        row["source"],
        row["status"],
    )


def _within(first: date | None, last: date | None, on: date) -> bool:
    return (first is None or first <= on) and (last is None or on < last)
