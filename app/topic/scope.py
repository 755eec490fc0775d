"""Which regions and indicators a panel shows, and how many periods it needs of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.topic.question import Asked
from topics.kit.contracts import Region
from topics.kit.durations import parse_duration
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_panels import PanelSpec
from topics.kit.regions import RegionTree

SPARK = 24  # periods of a small curve
MOST_SPARK = 96
_LISTING = frozenset({"ranking", "classes", "table", "map", "composition", "contribution"})
_CURVED = frozenset({"kpi", "table"})
_FOCUSED = frozenset({"trend", "current", "calendar", "hours", "windrose"})  # about one place


@dataclass(frozen=True, slots=True)
class Scope:
    """The series a panel reads: `rows` listed one by one, `more` read beside them."""

    indicators: tuple[str, ...]
    rows: tuple[Region, ...]
    more: tuple[Region, ...] = ()
    curves: int = 0  # periods of a small curve; 0: none

    @property
    def regions(self) -> tuple[Region, ...]:
        """Every region whose newest value is needed."""
        return (*self.rows, *self.more)


def scope_of(
    panel: PanelSpec, asked: Asked, regions: RegionTree, specs: Sequence[IndicatorSpec]
) -> Scope:
    """What the panel reads for this page."""
    named = tuple(spec.id for spec in specs)
    named += (panel.curve,) if panel.curve and panel.curve not in named else ()
    named += tuple(
        spec.comparison.published
        for spec in specs
        if spec.comparison and spec.comparison.published and spec.comparison.published not in named
    )
    own = own_places(asked)
    curves = spark_periods(panel, specs) if panel.kind in _CURVED else 0
    if panel.kind in _LISTING:
        rows = rows_of(panel, asked, regions)
        sites = _sites(panel, asked, regions, specs) if panel.kind == "map" else ()
        if panel.kind in ("composition", "contribution"):
            sites = tuple(regions.path(asked.region.code))  # the whole that the rows are parts of
        return Scope(named, rows, (*own, *sites), curves)
    if panel.kind in _FOCUSED:
        return Scope(named, (), (*own, *_sites(panel, asked, regions, specs)), curves)
    return Scope(named, (), own, curves)


def own_places(asked: Asked) -> tuple[Region, ...]:
    """The selected site, if any, and the region of the page."""
    return (asked.region,) if asked.site is None else (asked.site, asked.region)


def rows_of(panel: PanelSpec, asked: Asked, regions: RegionTree) -> tuple[Region, ...]:
    """The regions or sites that the panel lists, in statutory order.

    Without a level: those right below the region of the page; a region with nothing below (or
    already at the level) is listed among its neighbours.
    """
    day = asked.today
    if panel.level == "site":
        return regions.sites(asked.region.code, panel.sites or None, day)
    if panel.level is None:
        below = regions.children(asked.region.code, day)
        return below or regions.children(asked.region.parent or asked.region.code, day)
    if panel.level == asked.region.level and asked.region.parent is not None:
        return regions.children(asked.region.parent, day)
    inside = [one for one in regions.within(asked.region.code, day) if one.level == panel.level]
    if inside:
        return tuple(inside)
    above = [one for one in regions.path(asked.region.code) if one.level != "site"]
    return tuple(
        one
        for one in regions.within(above[0].code if above else asked.region.code, day)
        if one.level == panel.level
    )


def place_of(spec: IndicatorSpec, asked: Asked) -> Region | None:
    """Where the page shows a single value of the indicator: the site, else the region.

    None where neither is a level of the indicator.
    """
    site = asked.site
    if site is not None and spec.sites and site.kind == spec.sites:
        return site
    return asked.region if asked.region.level in spec.levels else None


def place_above(spec: IndicatorSpec, asked: Asked, regions: RegionTree) -> Region | None:
    """The nearest region around the page's that the indicator has values of; None without."""
    path = regions.path(asked.region.code)
    return next((one for one in reversed(path) if one.level in spec.levels), None)


def spark_periods(panel: PanelSpec, specs: Sequence[IndicatorSpec]) -> int:
    """How many periods a small curve shows: the panel's window, else the usual number."""
    if not panel.window or not specs:
        return SPARK
    step = max(min(spec.frequency for spec in specs), parse_duration("5m"))
    return max(2, min(MOST_SPARK, int(parse_duration(panel.window) / step)))


def _sites(
    panel: PanelSpec, asked: Asked, regions: RegionTree, specs: Sequence[IndicatorSpec]
) -> tuple[Region, ...]:
    kinds = [spec.sites for spec in specs if spec.sites] or ([panel.sites] if panel.sites else [])
    return tuple(
        site
        for kind in dict.fromkeys(kinds)
        for site in regions.sites(asked.region.code, kind, asked.today)
    )
