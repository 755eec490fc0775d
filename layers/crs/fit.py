"""How well one coordinate system explains a file, measured against what the city trusts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from layers.crs import evidence
from layers.crs.names import shown
from layers.crs.outline import Outline, Shift
from layers.crs.references import References
from layers.crs.transform import to_lonlat

_DEGREE_M = 111_320.0
_ENOUGH = 40  # half-kilometre cells that must hold positions before these prove anything
_CELL_M = 500.0
_ON_LINES = 0.25  # share of vertices on county borders from which shapes prove something
_CLEARER = 2.5  # times as good as under the next system
_ON_RIVER_M = 100.0  # median distance at which positions follow a river or road
_APART_M = 100.0  # and by how much the next system must be worse
_MOST = 0.5
_MATCHED = 0.5  # share of vertices on borders after a shift, from which the shift is real


@dataclass(frozen=True, slots=True)
class Fit:
    """A system, and what its positions are like; None: nothing to measure by."""

    crs: str
    middle: tuple[float, float]  # mean position in degrees
    count: int | None  # features inside the outline
    total: int
    share: float | None  # vertices inside the outline
    near: float | None
    river_m: float | None
    road_m: float | None

    @property
    def inside(self) -> float | None:
        """The share of features inside the outline."""
        return None if self.count is None else round(self.count / max(self.total, 1), 4)

    @property
    def at_home(self) -> bool:
        """Whether most features, or most of their vertices, lie inside the outline."""
        return max(self.inside or 0.0, self.share or 0.0) > _MOST


@dataclass(frozen=True)
class Ground:
    """A file's numbers, and everything trusted that they can be compared with."""

    vertices: np.ndarray
    features: np.ndarray
    outline: Outline | None
    references: References

    @classmethod
    def of(
        cls, geometries: np.ndarray, outline: Outline | None, references: References | None
    ) -> Ground:
        """The ground of these geometries."""
        known = references or References()
        return cls(evidence.sample(geometries), evidence.features(geometries), outline, known)

    def positions(self, crs: str) -> np.ndarray:
        """The sampled vertices in EPSG:4326 when read as `crs`."""
        return _there(crs, self.vertices)

    def fit(self, crs: str) -> Fit:
        """How well `crs` explains the numbers."""
        vertices, features = self.positions(crs), _there(crs, self.features)
        finite = vertices[np.isfinite(vertices).all(axis=1)]
        middle = finite.mean(axis=0) if len(finite) else np.full(2, np.nan)
        outline, rivers, roads = self.outline, self.references.rivers, self.references.roads
        return Fit(
            crs,
            (float(middle[0]), float(middle[1])),
            None if outline is None else round(outline.inside(features) * len(features)),
            len(features),
            None if outline is None else round(outline.inside(vertices), 4),
            None if outline is None else round(outline.near(vertices), 4),
            None if rivers is None else round(rivers.median(vertices), 1),
            None if roads is None else round(roads.median(vertices), 1),
        )

    def shift(self, crs: str) -> Shift | None:
        """By how much, read as `crs`, the shapes lie off the outline; None when unknown."""
        if self.outline is None or not self.enough(crs):
            return None
        found = self.outline.best_shift(self.positions(crs))
        unmoved = self.outline.near(self.positions(crs))
        if found is None or found.near < _MATCHED or found.near < min(0.9, _CLEARER * unmoved):
            return None
        return found

    def enough(self, crs: str) -> bool:
        """Whether the positions are many and spread enough to prove anything."""
        metric = self.positions(crs) * _DEGREE_M
        cells = np.floor(metric[np.isfinite(metric).all(axis=1)] / _CELL_M)
        return len(np.unique(cells, axis=0)) >= _ENOUGH

    def proven(self, fits: Sequence[Fit]) -> tuple[Fit | None, str]:
        """The one system that the trusted lines prove, and the sentence that says so."""
        if self.outline is None or not fits:
            return None, ""
        if not self.enough(fits[0].crs):
            return None, "位置太少或太集中(散布不到 40 处),不足以证明坐标系"
        proofs = [
            (_by_borders(fits), "形状与可信界线吻合"),
            (_by_distance(fits, [one.river_m for one in fits]), "位置与基准河流吻合"),
            (_by_distance(fits, [one.road_m for one in fits]), "位置与基准道路吻合"),
        ]
        found = [(fit, words) for fit, words in proofs if fit is not None]
        if len({fit.crs for fit, _ in found}) > 1:
            return None, "界线、河流、道路给出的结论互相矛盾"
        if not found:
            return None, "这些坐标系在位置上分不出来,需要向数据提供方核实"
        best, words = found[0]
        return best, f"{words}:{shown(best.crs)}"


def apart(one: Fit, other: Fit) -> float | None:
    """How many metres the same numbers lie apart when read as the one or the other."""
    (lon, lat), (there, north) = one.middle, other.middle
    east = (there - lon) * np.cos(np.radians((lat + north) / 2))
    metres = float(np.hypot(east, north - lat) * _DEGREE_M)
    return round(metres, 1) if np.isfinite(metres) else None


def _there(crs: str, pairs: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):  # what a projection cannot place comes out infinite
        return np.column_stack(to_lonlat(crs)(pairs[:, 0], pairs[:, 1]))


def _by_borders(fits: Sequence[Fit]) -> Fit | None:
    ranked = sorted(fits, key=lambda one: one.near or 0.0, reverse=True)
    best = ranked[0].near or 0.0
    second = (ranked[1].near or 0.0) if len(ranked) > 1 else 0.0
    return ranked[0] if best >= _ON_LINES and best >= _CLEARER * second else None


def _by_distance(fits: Sequence[Fit], metres: Sequence[float | None]) -> Fit | None:
    known = sorted((m, at) for at, m in enumerate(metres) if m is not None)
    if not known or known[0][0] > _ON_RIVER_M or not fits[known[0][1]].at_home:
        return None
    best = known[0][0]
    second = known[1][0] if len(known) > 1 else np.inf
    clear = second >= _CLEARER * best and second - best >= _APART_M
    return fits[known[0][1]] if clear else None
