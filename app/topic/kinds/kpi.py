"""kpi: a row for each indicator with value, lamp, comparison, target and a small curve."""

from __future__ import annotations

from typing import Any

from app.topic.made import Made, column, counted, said_cell
from app.topic.scope import SPARK, Scope, place_of
from app.topic.view import View
from topics.kit.contracts import Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_panels import PanelSpec

_NAMED = 3  # values a sentence says


def kpi(view: View, panel: PanelSpec, scope: Scope) -> Made:
    """The rows in the order of the manifest; one that has no such level says so."""
    rows, table, used = [], [], []
    for name in panel.indicators:
        spec = view.spec(name)
        region = place_of(spec, view.asked) or view.asked.region
        cell = view.cell(name, region)
        owner = view.owner(spec)
        one = view.latest(name, region.code) if view.seen.readable(name) else None
        used += [one] if one is not None else []
        address = f"/indicator/{name}?region={region.code}"
        rows.append(
            {
                "name": spec.title,
                "indicator": name,
                "cell": cell,
                "spark": spark_of(view, spec, region, scope.curves or SPARK),
                "period": cell["period"],
                "owner": owner,
                "place": view.region_name(region),
                "definition": spec.definition,
                "href": address if region.level != "site" else None,
            }
        )
        table.append(line_of(spec, cell, owner))
    return Made(
        data={"rows": rows},
        columns=[
            column("name", "指标"),
            column("value", "数值", align="right"),
            column("period", "时期"),
            column("delta", "对比"),
            column("target", "目标"),
            column("owner", "责任单位"),
        ],
        rows=table,
        sentence=_sentence(view, rows),
        used=used,
    )


def spark_of(view: View, spec: IndicatorSpec, region: Region, count: int) -> list[float | None]:
    """The last periods, oldest first; what is missing stays None. Empty without rights."""
    if not view.seen.readable(spec.id):
        return []
    return [one.value for one in view.seen.recent(spec.id, region.code, count)]


def line_of(spec: IndicatorSpec, cell: dict[str, Any], owner: str) -> dict[str, Any]:
    """The row of a table twin: name, value, period, comparison, target, owner."""
    delta, target = cell["delta"], cell["target"]
    return {
        "name": spec.title,
        "value": cell,
        "period": cell["period"],
        "delta": f"{delta['label']} {delta['text']}" if delta else "",
        "target": f"{target['label']} {target['text']}" if target else "",
        "owner": owner,
    }


def _sentence(view: View, rows: list[dict[str, Any]]) -> str:
    known = [one for one in rows if one["cell"]["value"] is not None]
    if not known:
        return f"{view.place}:{len(rows)} 项指标都还没有数据。"
    order = {"bad": 0, "warn": 1}
    first = sorted(known, key=lambda one: order.get(one["cell"]["lamp"], 2))[:_NAMED]
    parts = [f"{one['period']}{said_cell(one['name'], one['cell'])}" for one in first]
    lit = counted([one["cell"]["lamp"] for one in rows])
    missing = len(rows) - len(known)
    tail = [f"共 {len(rows)} 项"] + [lit] * bool(lit) + [f"无数据 {missing} 项"] * bool(missing)
    return f"{view.place}:{';'.join(parts)}。{','.join(tail)}。"
