"""Rows of regions or sites in the order a panel asks for."""

from __future__ import annotations

from collections.abc import Sequence

from app.topic.view import View
from topics.kit.contracts import Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_panels import PanelSpec

UNORDERED = "statutory"


def order_of(view: View, panel: PanelSpec) -> str:
    """The order in force: the statutory one where it is asked for (不排名)."""
    return UNORDERED if view.asked.order == "statutory" else panel.order


def ordered(view: View, spec: IndicatorSpec, regions: Sequence[Region], order: str) -> list[Region]:
    """The regions in that order; without a value last, in statutory order."""
    if order == UNORDERED or not view.seen.readable(spec.id):
        return list(regions)
    ranks = {one.code: badness(view, spec, one) for one in regions}
    amounts = {one.code: value_of(view, spec, one) for one in regions}
    chosen = ranks if order in ("worst", "best") else amounts
    sign = -1 if order in ("worst", "most") else 1
    known = [one for one in regions if chosen[one.code] is not None]
    known.sort(key=lambda one: sign * (chosen[one.code] or 0.0))
    return [*known, *(one for one in regions if chosen[one.code] is None)]


def value_of(view: View, spec: IndicatorSpec, region: Region) -> float | None:
    """The newest value of the indicator there."""
    one = view.latest(spec.id, region.code)
    return one.value if one is not None else None


def badness(view: View, spec: IndicatorSpec, region: Region) -> float | None:
    """How bad the value is: by class where limits hold by place, else against its direction."""
    one = view.latest(spec.id, region.code)
    if one is None or one.value is None:
        return None
    value, limits = one.value, view.limits(spec, region, one.period)
    band = limits.band_of(value) if limits is not None else None
    if limits is not None and band is not None:
        share = min(abs(value) / 1e6, 0.999)
        return limits.bands.index(band) + share
    return -value if spec.direction == "higher" else value


def places(values: Sequence[float | None], *, falling: bool) -> list[int | None]:
    """The rank of each value; equal ones share a rank, None has none."""
    known = sorted((one for one in values if one is not None), reverse=falling)
    return [None if one is None else known.index(one) + 1 for one in values]


def named(view: View, regions: Sequence[Region]) -> str:
    """What the rows are called together: 10 个县(市、区), 12 个断面."""
    kinds = {one.kind for one in regions if one.kind}
    levels = {one.level for one in regions}
    word = {"county": "县(市、区)", "town": "镇(街)", "city": "市"}.get(next(iter(levels), ""), "")
    what = "、".join(sorted(kinds)) or word or "区划"
    return f"{len(regions)} 个{what}"
