"""What is known of many cases at one moment, as columns; what 考核 counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

NEVER = np.inf
"""What did not happen, or has no deadline, as a time."""

Times = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Facts:
    """One position a case in every array; times are seconds since 1970 in UTC, NEVER if not (yet).

    `region`, `unit`, `minor`, `place` and `source` are numbers into `names[column]`; -1 is none.
    `place` is the grid (or a cell of the ground), of which 重复发生 is asked. `handle_due` and
    `close_due` are the deadlines that hold after granted extensions and pauses. `category` is the
    方案/种类/大类 where it was asked for. `task` marks the parts of 协办: of them only unit,
    `handled` and `handle_due` are said, and they count for their unit alone. `caller` numbers who
    called the hotline, where it was asked for; -1 is no call, or nobody known.
    """

    id: npt.NDArray[np.object_]
    region: Codes
    unit: Codes
    minor: Codes
    place: Codes
    source: Codes
    reported: Times
    filed: Times
    file_due: Times
    dispatched: Times
    dispatch_due: Times
    handled: Times
    handle_due: Times
    checked: Times
    check_due: Times
    closed: Times
    close_due: Times
    void: Times
    dispatches: Codes
    misdispatches: Codes
    reworks: Codes
    extended: npt.NDArray[np.bool_]
    merged: npt.NDArray[np.bool_]
    names: Mapping[str, tuple[str, ...]]
    category: Codes | None = None
    task: npt.NDArray[np.bool_] | None = None
    caller: Codes | None = None

    def __len__(self) -> int:
        """How many cases."""
        return len(self.id)

    def pick(self, which: npt.NDArray[Any]) -> Facts:
        """The cases at these positions, or where the mask is true."""
        columns = {
            one.name: getattr(self, one.name)[which]
            for one in fields(self)
            if one.name != "names" and getattr(self, one.name) is not None
        }
        return Facts(**columns, names=self.names)

    def without(self, cases: frozenset[str]) -> Facts:
        """All but these cases (those that a review took out)."""
        if not cases:
            return self
        return self.pick(~np.isin(self.id, list(cases)))

    def rolled_up(self, parents: Mapping[str, str]) -> Facts:
        """Regions below replaced by their county: `parents` names it for each code."""
        names = [parents.get(one, one) for one in self.names["region"]]
        kept = tuple(dict.fromkeys(names))
        table = np.array([kept.index(one) for one in names] or [0], np.int32)
        region = np.where(self.region >= 0, table[self.region], -1).astype(np.int32)
        columns = {one.name: getattr(self, one.name) for one in fields(self)}
        return Facts(**{**columns, "region": region, "names": {**self.names, "region": kept}})
