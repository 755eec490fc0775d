"""map: what the map shows, as a table; the drawing itself stands at the head of the page."""

from __future__ import annotations

from typing import Any

from app.topic.kinds.listing import named
from app.topic.made import Made, column, period_of
from app.topic.scope import Scope
from app.topic.view import View
from topics.kit.contracts import Observation, Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_panels import PanelSpec


def map_table(view: View, panel: PanelSpec, scope: Scope) -> Made:
    """A row for each coloured area and each marked site, with the values it is drawn by."""
    specs = [view.spec(one) for one in panel.indicators if view.seen.readable(one)]
    regions = dict.fromkeys((*scope.rows, *(one for one in scope.more if one.level == "site")))
    lines = [(one, [spec for spec in specs if _has(spec, one)]) for one in regions]
    rows: list[dict[str, Any]] = []
    used: list[Observation] = []
    for region, mine in lines:
        if not mine:
            continue
        cells = {spec.id: view.cell(spec.id, region) for spec in mine}
        rows.append({"name": view.short(region), "code": region.code, **cells})
        found = (view.latest(spec.id, region.code) for spec in mine)
        used += [one for one in found if one is not None]
    shown = [spec for spec in specs if any(spec.id in row for row in rows)]
    listed = [region for region, mine in lines if mine]
    what = "、".join(spec.title for spec in shown)
    period = period_of(view, used)
    return Made(
        data={},
        columns=[
            column("name", "名称"),
            *(column(one.id, one.title, one.unit, "right") for one in shown),
        ],
        rows=rows,
        sentence=f"{view.head(view.asked.region, named(view, listed), period)}的{what}。"
        if shown
        else "",
        used=used,
        subtitle=" · ".join(one for one in (what, period) if one),
    )


def _has(spec: IndicatorSpec, region: Region) -> bool:
    if region.level == "site":
        return bool(spec.sites) and spec.sites == region.kind
    return region.level in spec.levels
