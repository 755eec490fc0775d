"""The bureaus that own topics and indicators; reforms rename them, so a name has validity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from topics.kit.reference_rows import day, read_rows

_COLUMNS = ("id", "name", "short_name", "order", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Organisation:
    """A bureau under one name; valid in [valid_from, valid_to)."""

    id: str
    name: str
    short_name: str
    order: int
    valid_from: date
    valid_to: date | None = None


class Organisations:
    """Bureaus by id, in the order of the table. Immutable."""

    def __init__(self, organisations: Iterable[Organisation]) -> None:
        """Take the bureaus."""
        self._all = tuple(sorted(organisations, key=lambda one: (one.order, one.valid_from)))

    @classmethod
    def load(cls, path: Path) -> Organisations:
        """The bureaus of data/reference/organisations.csv; BadManifest names file, row, column."""
        return cls(
            Organisation(
                id=row["id"],
                name=row["name"],
                short_name=row["short_name"] or row["name"],
                order=int(row["order"] or 0),
                valid_from=day(row["valid_from"]) or date.min,
                valid_to=day(row["valid_to"]),
            )
            for row in read_rows(path, _COLUMNS)
        )

    def find(self, organisation_id: str, on: date | None = None) -> Organisation | None:
        """The bureau under its name of that day (None: its last name), or None."""
        known = [one for one in self._all if one.id == organisation_id]
        if on is None:
            return max(known, key=lambda one: one.valid_from, default=None)
        return next((one for one in known if _valid(one, on)), None)

    def name(self, organisation_id: str, on: date | None = None) -> str:
        """The short name people read; the id itself when the bureau is unknown."""
        found = self.find(organisation_id, on)
        return found.short_name if found else organisation_id

    def all(self, on: date | None = None) -> tuple[Organisation, ...]:
        """Every bureau; with `on`, only those valid that day."""
        return tuple(one for one in self._all if on is None or _valid(one, on))


def _valid(one: Organisation, on: date) -> bool:
    return one.valid_from <= on < (one.valid_to or date.max)
