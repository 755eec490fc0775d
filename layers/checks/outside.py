"""Features outside the city: how far, on which side; kept with a remark or left out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from layers.checks.contracts import Issue
from layers.checks.inside import CityArea
from layers.checks.repairs import Mark
from layers.checks.schema import REMARK
from layers.checks.subject import Subject

_START = "位于市域外"
_TOO_FAR_KM = 100.0  # no slip of a border: another city's data, or wrong coordinates
_SIDES = ("东", "东北", "北", "西北", "西", "西南", "南", "东南")
_MOST = 0.5  # more outside than this is no slip of single rows


def look_outside(subject: Subject) -> Iterator[Issue]:
    """Features that do not touch the city; those a person has marked before are left alone."""
    outline = subject.rules.outline
    if outline is None or not len(subject.rows):
        return
    area = CityArea(outline)
    usable = shapely.get_dimensions(subject.shapes) >= 0
    usable &= subject.on_earth
    out = np.zeros(len(usable), dtype=bool)
    out[usable] = ~area.touches(subject.shapes[usable])
    out &= ~_marked(subject)
    at = np.flatnonzero(out)
    if not len(at):
        return
    east, north = area.away(subject.shapes[at])
    distance = np.hypot(east, north) / 1000.0
    far = distance > _TOO_FAR_KM
    words = [_words(km, x, y) for km, x, y in zip(distance, east, north, strict=True)]
    many = len(at) > _MOST * usable.sum()
    if (~far).any():
        near = [word for word, one in zip(words, far, strict=True) if not one]
        yield _near(subject, at[~far], near, distance[~far], many=bool(many))
    if far.any():
        yield subject.issue(
            "far_away", None, at[far], item="落点",
            problem=f"离市域 {distance[far].min():,.0f} km 以上,多半是坐标写错",
            remedy="请改正经度、纬度,或删去这些行", severity="warning" if many else "error",
            before=[w for w, is_far in zip(words, far, strict=True) if is_far][:5],
        )  # fmt: skip


def _near(
    subject: Subject, at: np.ndarray, words: list[str], distance: np.ndarray, *, many: bool
) -> Issue:
    low, high = distance.min(), distance.max()
    problem = words[0] if len(words) == 1 else f"{_START} {low:.1f}–{high:.1f} km"
    return subject.issue(
        "outside",
        None,
        at,
        item="落点",
        problem=problem,
        remedy=f"保留并标记{REMARK};不标记的不入库",
        severity="warning" if many else "error",
        fix=f"保留并标记{REMARK}",
        repair=Mark(REMARK, dict(zip(subject.rows[at].tolist(), words, strict=True))),
        before=words[:5],
        after=[f"{REMARK}:{one}" for one in words[:5]],
    )


def _words(km: float, east: float, north: float) -> str:
    side = _SIDES[int(np.round(np.degrees(np.arctan2(north, east)) / 45.0)) % 8]
    return f"{_START} {km:.1f} km({side})"


def _marked(subject: Subject) -> np.ndarray:
    if REMARK not in subject.frame.columns:
        return np.zeros(len(subject.rows), dtype=bool)
    marks = subject.frame[REMARK].astype("string").fillna("")
    found: np.ndarray = marks.str.startswith(_START).to_numpy(dtype=bool)
    return found
