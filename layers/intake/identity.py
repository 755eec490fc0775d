"""Feature ids: integers that stay with a key (or, without keys, with a geometry) over versions.

A version's table holds every key its layer ever had. It is kept as a file beside the version,
because a million rows in SQL would take longer than the rest of an import.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

_AGAIN = np.uint64(0x9E3779B97F4A7C15)  # spreads repeated keys apart (golden ratio)


@dataclass(frozen=True, slots=True)
class IdentityTable:
    """Which id each key (by its 64-bit hash, sorted) has; ids count from 1."""

    hashes: np.ndarray
    ids: np.ndarray

    @classmethod
    def load(cls, path: Path | None) -> IdentityTable:
        """The table in the file; an empty one for None or a file that is not there."""
        if path is None or not path.exists():
            return cls(np.empty(0, np.uint64), np.empty(0, np.int64))
        with np.load(path) as stored:
            return cls(stored["hashes"], stored["ids"])

    def save(self, path: Path) -> None:
        """Write the table."""
        np.savez(path, hashes=self.hashes, ids=self.ids)

    def assign(self, hashes: np.ndarray) -> tuple[np.ndarray, IdentityTable]:
        """The id of each key (all different), and the table that knows the new ones too."""
        at = np.searchsorted(self.hashes, hashes)
        known = at < len(self.hashes)
        known[known] = self.hashes[at[known]] == hashes[known]
        ids = np.empty(len(hashes), np.int64)
        ids[known] = self.ids[at[known]]
        start = int(self.ids.max(initial=0)) + 1
        ids[~known] = np.arange(start, start + int((~known).sum()))
        everyone = np.concatenate([self.hashes, hashes[~known]])
        order = np.argsort(everyone, kind="stable")
        numbers = np.concatenate([self.ids, ids[~known]])
        return ids, IdentityTable(everyone[order], numbers[order])


def key_hashes(keys: pd.Series | None, geometries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One hash per feature, all different, and which features repeat an earlier key.

    Without keys, or where a key is missing, the geometry takes its place.
    """
    if keys is None:
        hashes, repeated = _apart(_of_geometries(geometries))
        return hashes, np.zeros_like(repeated)
    missing = keys.isna().to_numpy(dtype=bool)
    hashes = np.empty(len(keys), np.uint64)
    hashes[~missing] = pd.util.hash_array(
        keys[~missing].astype(str).to_numpy(dtype=object), categorize=False
    )
    hashes[missing] = _of_geometries(geometries[missing])
    return _apart(hashes)


def _of_geometries(geometries: np.ndarray) -> np.ndarray:
    if not len(geometries):
        return np.empty(0, np.uint64)
    hashes: np.ndarray = pd.util.hash_array(shapely.to_wkb(geometries), categorize=False)
    return hashes


def _apart(hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The n-th bearer of a hash gets one of its own, the same in every version."""
    again = pd.Series(hashes).groupby(hashes).cumcount().to_numpy().astype(np.uint64)
    return hashes + again * _AGAIN, again > 0
