"""What a panel about one series is about: which indicator, and at which place."""

from __future__ import annotations

from dataclasses import dataclass

from app.topic.kinds.listing import badness
from app.topic.scope import place_above, place_of
from app.topic.view import View
from topics.kit.contracts import Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_panels import PanelSpec

_LAMPS = {"bad": 0, "warn": 1, "ok": 2, "none": 3}


@dataclass(frozen=True, slots=True)
class Focus:
    """The series in front; `spec` is the definition in force."""

    spec: IndicatorSpec
    region: Region


def focus_of(view: View, panel: PanelSpec) -> Focus | None:
    """The indicator asked for, else the one with the worst lamp, at its place.

    None where the subject may read none of them, or none has values hereabouts.
    """
    able = [view.spec(one) for one in panel.indicators if view.seen.readable(one)]
    chosen = [one for one in able if one.id == view.asked.item] or able
    found = [
        Focus(spec, region)
        for spec in chosen
        if (region := focus_place(view, spec, panel)) is not None
    ]
    if not found:
        return None
    return min(found, key=lambda one: _gravity(view, one))


def focus_place(view: View, spec: IndicatorSpec, panel: PanelSpec) -> Region | None:
    """The selected site or region; without one the site that is worst, else the region around."""
    own = place_of(spec, view.asked)
    if own is not None:
        return own
    if spec.sites:
        sites = view.services.regions.sites(view.asked.region.code, spec.sites, view.asked.today)
        if sites:
            return worst_site(view, spec, sites)
    return place_above(spec, view.asked, view.services.regions)


def worst_site(view: View, spec: IndicatorSpec, sites: tuple[Region, ...]) -> Region:
    """The site whose value is worst; the first one where nothing is known."""
    known = [one for one in sites if badness(view, spec, one) is not None]
    if not known:
        return sites[0]
    return max(known, key=lambda one: badness(view, spec, one) or 0.0)


def _gravity(view: View, one: Focus) -> int:
    latest = view.latest(one.spec.id, one.region.code)
    return _LAMPS[view.lamp(one.spec, one.region, latest).value] if latest else len(_LAMPS)
