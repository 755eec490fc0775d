"""table: the regions or sites one a row, with facts, values and a small curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.topic.kinds.kpi import spark_of
from app.topic.kinds.listing import named, order_of, ordered
from app.topic.made import Made, column, period_of, said_cell, shown_of
from app.topic.scope import SPARK, Scope
from app.topic.view import View
from topics.kit.contracts import Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_panels import PanelSpec
from topics.kit.words.lamps import Lamp, worst

_NAMED = 3


def table(view: View, panel: PanelSpec, scope: Scope) -> Made:
    """Columns: name, the facts the panel names, then the indicators in order."""
    specs = [view.spec(one) for one in panel.indicators]
    regions = ordered(view, specs[0], scope.rows, order_of(view, panel))
    titles = panel.titles or panel.columns
    facts = list(zip(panel.columns, titles, strict=True))
    columns = [
        column("name", "名称"),
        *(column(key, title) for key, title in facts),
        *(column(spec.id, spec.title, spec.unit, _align(spec.shown)) for spec in specs),
    ]
    curve = _curve(view, panel, specs)
    rows: list[dict[str, Any]] = []
    for region in regions:
        cells: dict[str, Any] = {key: fact_of(view, region, key) for key in panel.columns}
        values = {spec.id: view.cell(spec.id, region) for spec in specs}
        rows.append(
            {
                "code": region.code,
                "name": view.short(region),
                "kind": region.kind,
                "lon": region.longitude,
                "lat": region.latitude,
                "cells": {**cells, **values},
                "spark": spark_of(view, curve, region, scope.curves or SPARK),
                "lamp": worst(Lamp(one["lamp"]) for one in values.values()).value,
                "selected": region in (view.asked.site, view.asked.region),
            }
        )
    used = shown_of(view, panel, regions)
    return Made(
        data={
            "rows": rows,
            "columns": columns,
            "selectable": True,
            "spark_title": curve.title,
            "spark_hint": f"{curve.title} 近 {scope.curves or SPARK} 期",
        },
        columns=columns,
        rows=[{"name": one["name"], "code": one["code"], **one["cells"]} for one in rows],
        sentence=_sentence(view, regions, rows, period_of(view, used), specs[0].title),
        used=used,
        subtitle=named(view, regions),
    )


def fact_of(view: View, region: Region, name: str) -> str:
    """What is known of the place: a column of its table, or the county it lies in (region)."""
    if name == "region":
        county = view.county_of(region)
        return view.short(county) if county else ""
    return region.kind if name == "kind" else region.fact(name)


def _curve(view: View, panel: PanelSpec, specs: Sequence[IndicatorSpec]) -> IndicatorSpec:
    """The indicator of the small curve: the one the panel names, else the first number."""
    if panel.curve:
        return view.spec(panel.curve)
    return next((one for one in specs if one.shown == "number"), specs[0])


def _align(shown: str) -> str:
    return "center" if shown == "class" else "right"


def _sentence(
    view: View,
    regions: Sequence[Region],
    rows: Sequence[dict[str, Any]],
    period: str,
    title: str,
) -> str:
    head = view.head(view.asked.region, named(view, regions), period)
    key = next((one for one in view.asked.topic.indicators if one.title == title), None)
    if key is None or not rows:
        return f"{head}。"
    cells = [(one["name"], one["cells"][key.id]) for one in rows]
    known = [one for one in cells if one[1]["value"] is not None]
    if not known:
        return f"{head}的{title}都还没有数据。"
    lit = [one for one in known if one[1]["lamp"] in ("bad", "warn")]
    missing = len(cells) - len(known)
    tail = f",缺数 {missing} 个" if missing else ""
    if not lit:
        return f"{head}有{title}数据的 {len(known)} 个,没有超限{tail}。"
    said = "、".join(said_cell(name, cell) for name, cell in lit[:_NAMED])
    more = f"等 {len(lit)} 个" if len(lit) > _NAMED else f",共 {len(lit)} 个"
    return f"{head},{title}需关注:{said}{more}{tail}。"
