"""The map of a topic's page: layers, coloured areas, marks of sites, coloured lines, legend."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from app.board.breaks import as_shown, readable_breaks
from app.topic.kinds.focus import worst_site
from app.topic.kinds.listing import badness
from app.topic.layers_seen import SeenLayers
from app.topic.made import period_of, said_cell
from app.topic.scope import Scope
from app.topic.view import View
from topics.kit.contracts import Observation, Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_panels import PanelSpec
from topics.kit.pages.colours import class_colour
from topics.kit.words.clock import local
from topics.kit.words.numbers import write_plain

MOST_ON = 3  # layers drawn at once (SCREENS)
_STEPS = 7
Shown = tuple[PanelSpec, Scope]


def map_of(view: View, panel: Shown | None, layers: SeenLayers) -> dict[str, Any]:
    """The page's map; without a map panel the layers of the topic alone."""
    spec, scope = panel if panel is not None else (None, None)
    named = spec.layers if spec else ()
    areas, area_legend = _areas(view, spec, scope) if spec and scope else (None, None)
    marked = _site_specs(view, spec) if spec else []
    sites = _sites(view, marked)
    marks = [_mark(view, marked, site) for site in sites if site.longitude is not None]
    used = [
        one
        for item in marked
        for site in sites
        if (one := view.latest(item.id, site.code)) is not None
    ]
    site_legend = _site_legend(view, marked, sites)
    both = (site_legend, area_legend if area_legend != site_legend else None)
    legend = [one for one in both if one]
    return {
        "layers": layers.listed(view.subject, view.asked.topic.id, named, MOST_ON),
        "areas": areas,
        "marks": marks,
        "marked": _marked_layers(view, marks),
        "lines": _lines(view, spec, marked, sites) if spec else None,
        "legend": legend,
        "date": f"数据日期 {_day(view, used, areas)}",
        "note": approval(view),
    }


def approval(view: View) -> str:
    """审图号 where the base map has one, else that the map is for internal use (PRACTICE 21)."""
    city = view.services.config.city
    if city.map_approval:
        return f"审图号:{city.map_approval}"
    demo = "(示例数据·未送审)" if view.asked.topic.demo else ""
    return f"内部用图·不得公开{demo}"


def _areas(
    view: View, panel: PanelSpec, scope: Scope
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    rows = [one for one in scope.rows if one.level != "site"]
    levels = {one.level for one in rows}
    able = (view.spec(one) for one in panel.indicators if view.seen.readable(one))
    spec = next((one for one in able if levels & set(one.levels)), None)
    if spec is None:
        return None, None
    found = {one.code: latest for one in rows if (latest := view.latest(spec.id, one.code))}
    values = {code: one.value for code, one in found.items() if one.value is not None}
    shown = as_shown(values, spec.precision)
    breaks = readable_breaks(shown.values())
    cells = {one.code: view.cell(spec.id, one) for one in rows}
    by = {
        code: {
            "value": cell["value"],
            "text": cell["text"],
            "unit": cell["unit"],
            "colour": _colour(cell, shown.get(code), breaks),
            "explain": cell["explain"],
            "status_text": cell["status_text"],
        }
        for code, cell in cells.items()
    }
    legend = _area_legend(spec, breaks)
    period = period_of(view, list(found.values()))
    return (
        {
            "indicator": spec.id,
            "title": spec.title,
            "unit": spec.unit,
            "period": period,
            "by": by,
        },
        legend,
    )


def _colour(cell: dict[str, Any], shown: float | None, breaks: Sequence[float]) -> str | None:
    if shown is None or cell["value"] is None:
        return None
    if cell["class"]:
        return str(cell["class"]["colour"])
    return ramp(bisect_right(breaks, shown), len(breaks) + 1)


def ramp(place: int, count: int) -> str:
    """The token of a class of so many, spread over q1–q7."""
    if count <= 1:
        return f"q{_STEPS // 2 + 1}"
    return f"q{1 + round(place * (_STEPS - 1) / (count - 1))}"


def _area_legend(spec: IndicatorSpec, breaks: Sequence[float]) -> dict[str, Any]:
    if spec.classes:
        return {"title": spec.title, "items": _class_items(spec)}
    edges = [write_plain(one, spec.precision) for one in breaks]
    words = ["全部"]
    if edges:
        between = [f"{low}–{high}" for low, high in pairwise(edges)]
        words = [f"<{edges[0]}", *between, f"≥{edges[-1]}"]
    items = [{"label": label, "colour": ramp(n, len(words))} for n, label in enumerate(words)]
    return {"title": f"{spec.title} {spec.unit}".strip(), "items": items}


def _class_items(spec: IndicatorSpec) -> list[dict[str, str]]:
    return [
        {"label": one.label, "colour": class_colour(spec, n)} for n, one in enumerate(spec.classes)
    ]


def _site_specs(view: View, panel: PanelSpec) -> list[IndicatorSpec]:
    specs = [view.spec(one) for one in panel.indicators if view.seen.readable(one)]
    return [one for one in specs if one.sites]


def _sites(view: View, specs: Sequence[IndicatorSpec]) -> list[Region]:
    kinds = dict.fromkeys(one.sites for one in specs)
    return [
        site
        for kind in kinds
        for site in view.services.regions.sites(view.asked.region.code, kind, view.asked.today)
    ]


def _mark(view: View, specs: Sequence[IndicatorSpec], site: Region) -> dict[str, Any]:
    mine = [one for one in specs if one.sites == site.kind]
    main, rest = mine[0], mine[1:]
    cell = view.cell(main.id, site)
    first = specs[0].sites
    label = cell["class"]["label"] if cell["class"] else cell["text"]
    return {
        "site": site.code,
        "name": view.short(site),
        "kind": site.kind,
        "lon": site.longitude,
        "lat": site.latitude,
        "text": label,
        "unit": "" if cell["class"] else cell["unit"],
        "colour": cell["class"]["colour"] if cell["class"] else _LAMP_COLOURS[cell["lamp"]],
        "shape": "circle" if site.kind == first else "square",
        "lamp": cell["lamp"],
        "sub": _beside(view, rest, site),
        "explain": cell["explain"],
        "period": cell["period"],
        "status_text": cell["status_text"],
    }


def _marked_layers(view: View, marks: Sequence[dict[str, Any]]) -> list[str]:
    """Layers whose features the marks already are: switched on and off together with them."""
    kinds = {one["kind"] for one in marks}
    return [one.layer for one in view.asked.topic.sites if one.kind in kinds and one.layer]


_LAMP_COLOURS = {"ok": "ok", "warn": "warn", "bad": "bad", "none": "none"}


def _beside(view: View, specs: Sequence[IndicatorSpec], site: Region) -> str:
    """The worst of the other values there, in words."""
    known = [one for one in specs if badness(view, one, site) is not None]
    if not known:
        return ""
    order = {"bad": 0, "warn": 1, "ok": 2, "none": 3}
    cells = [(one.title, view.cell(one.id, site)) for one in known]
    title, cell = min(cells, key=lambda one: order[one[1]["lamp"]])
    return said_cell(title, cell)


def _site_legend(
    view: View, specs: Sequence[IndicatorSpec], sites: Sequence[Region]
) -> dict[str, Any] | None:
    if not specs:
        return None
    main = specs[0]
    if main.classes:
        return {"title": main.title, "items": _class_items(main)}
    limits = next((found for one in sites if (found := view.limits(main, one))), None)
    if limits is not None:
        items = [{"label": one.label, "colour": one.colour} for one in limits.bands]
        return {"title": main.title, "items": items}
    words = (("正常", "ok"), ("关注", "warn"), ("超限", "bad"), ("无数据", "none"))
    return {"title": main.title, "items": [{"label": w, "colour": c} for w, c in words]}


def _lines(
    view: View, panel: PanelSpec, specs: Sequence[IndicatorSpec], sites: Sequence[Region]
) -> dict[str, Any] | None:
    """Each line in the colour of the worst site on it; one without a known site is not coloured."""
    if panel.lines is None or not specs:
        return None
    main, rule = specs[0], panel.lines
    on: dict[str, list[Region]] = {}
    for site in sites:
        name = site.fact(rule.fact)
        if name and site.kind == main.sites and badness(view, main, site) is not None:
            on.setdefault(name, []).append(site)
    by = {}
    for name, there in on.items():
        cell = view.cell(main.id, worst_site(view, main, tuple(there)))
        if cell["class"]:
            by[name] = {"colour": cell["class"]["colour"], "text": cell["class"]["label"]}
    return {"layer": rule.layer, "key": rule.key, "by": by}


def _day(view: View, used: Sequence[Observation], areas: dict[str, Any] | None) -> str:
    if used:
        newest = max(one.period.start for one in used)
        return f"{local(newest):%Y-%m-%d %H:%M}"
    if areas and areas["period"]:
        return str(areas["period"])
    return f"{local(view.asked.now):%Y-%m-%d}"
