"""Which points pass a filter, kept while it is asked for: a crowded tile looks them up.

Without it a filtered tile would cost as much as the points in it, ten million at the lowest zooms.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.compile.cells import POINT_BITS, Cells
from layers.tiles.morton import Codes
from layers.tiles.ragged import Indices, runs

CROWD = 50_000  # points of a tile up to which each is looked at anew
_MOST_BYTES = 64 << 20  # kept in a process, of all layers together
Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Passing:
    """The points that pass, ascending, and the running sums of their columns and rows."""

    entries: NDArray[np.int32]
    sums: NDArray[np.int64]

    @classmethod
    def of(cls, entries: Indices, grid: NDArray[np.int32]) -> Passing:
        """Those of the points in `grid`."""
        sums = np.zeros((len(entries) + 1, 2), np.int64)
        np.cumsum(grid[entries], axis=0, dtype=np.int64, out=sums[1:])
        return cls(entries.astype(np.int32), sums)

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        return self.entries.nbytes + self.sums.nbytes

    def within(self, start: Indices, count: Indices) -> Indices:
        """The passing ones among the points of the runs."""
        first = self._place(start)
        return self.entries[runs(first, self._place(start + count) - first)].astype(np.int64)

    def how_many(self, start: Indices, count: Indices) -> int:
        """How many of the points of the runs pass."""
        return int((self._place(start + count) - self._place(start)).sum())

    def counted(self, codes: Codes, level: int, morton: Codes) -> Cells:
        """The cells of `codes` in which a point passes, with mean and count of those that do."""
        shift = np.uint64(2 * (POINT_BITS - level))
        first = self._place(np.searchsorted(morton, codes << shift))
        past = self._place(np.searchsorted(morton, (codes + np.uint64(1)) << shift))
        filled = np.flatnonzero(past > first)
        first, past = first[filled], past[filled]
        count = past - first
        mean = (self.sums[past] - self.sums[first]) // count[:, None]
        return Cells(codes[filled], mean.astype(np.int32), count)

    def _place(self, entries: Indices) -> Indices:
        # The same type on both sides: else all entries would be converted at each look.
        return np.searchsorted(self.entries, entries.astype(np.int32))


class KeptPassing:
    """What passes, by points and filter; the longest unused go when they take too much memory."""

    def __init__(self, most: int = _MOST_BYTES) -> None:
        """Keep at most so many bytes, but always the last one asked for."""
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, Passing] = OrderedDict()

    def get(self, key: Key, make: Callable[[], Passing]) -> Passing:
        """What is kept under `key`, made when it is not there."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        made = make()
        with self._lock:
            self._kept[key] = made
            total = sum(each.nbytes for each in self._kept.values())
            while total > self._most and len(self._kept) > 1:
                total -= self._kept.popitem(last=False)[1].nbytes
        return made
