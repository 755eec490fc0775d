"""current: what the selected place measures now, item by item, with class and limit."""

from __future__ import annotations

from typing import Any

from app.topic.kinds.focus import focus_place
from app.topic.made import Made, column, period_of, said_cell
from app.topic.scope import Scope
from app.topic.view import Cell, View
from topics.kit.contracts import Observation, Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_panels import PanelSpec
from topics.kit.words.judgement import target_value
from topics.kit.words.numbers import write_plain

_ORDER = {"bad": 0, "warn": 1, "ok": 2, "none": 3}
_SIGNS = {"lower": "≤", "higher": "≥"}
_NAMED = 3


def current(view: View, panel: PanelSpec, scope: Scope) -> Made:
    """The items, those out of limits first; the limit is that of the place where there is one."""
    specs = [view.spec(one) for one in panel.indicators]
    region = _place(view, panel, specs)
    name = _limit_name(view, specs, region)
    rows, used = [], []
    for spec in specs:
        cell = view.cell(spec.id, region)
        one = view.latest(spec.id, region.code) if view.seen.readable(spec.id) else None
        used += [one] if one is not None else []
        rows.append(
            {
                "name": spec.title,
                "indicator": spec.id,
                "cell": cell,
                "class": cell["class"],
                "limit": _limit(view, spec, region, one) if _known(cell) else "",
            }
        )
    rows.sort(key=lambda row: _ORDER[row["cell"]["lamp"]])
    return Made(
        data={"site": region.code, "name": region.name, "limit_title": name, "rows": rows},
        columns=[
            column("name", "项目"),
            column("value", "现值", align="right"),
            column("class", "类别", align="center"),
            column("limit", name, align="right"),
            column("period", "时间"),
        ],
        rows=[
            {
                "name": one["name"],
                "value": one["cell"],
                "class": one["class"]["label"] if one["class"] else "—",
                "limit": one["limit"] or "—",
                "period": one["cell"]["period"],
            }
            for one in rows
        ],
        sentence=_traced(_sentence(view, region, rows, used), view.trace_words(region)),
        used=used,
        subtitle=region.name,
    )


def _traced(sentence: str, words: str) -> str:
    """The sentence with what lies up and down the river, as the map's popup words it."""
    return f"{sentence.rstrip('。')};{words}。" if words else sentence


def _place(view: View, panel: PanelSpec, specs: list[IndicatorSpec]) -> Region:
    found = (focus_place(view, spec, panel) for spec in specs if view.seen.readable(spec.id))
    return next((one for one in found if one is not None), view.asked.region)


def _known(cell: Cell) -> bool:
    return bool(cell["status"] != "forbidden")


def _limit_name(view: View, specs: list[IndicatorSpec], region: Region) -> str:
    for spec in specs:
        limits = view.limits(spec, region)
        if limits is not None and limits.aim_name:
            return limits.aim_name
    return "限值"


def _limit(view: View, spec: IndicatorSpec, region: Region, one: Observation | None) -> str:
    limits = view.limits(spec, region, None if one is None else one.period)
    if limits is not None:
        return limits.text(spec.precision)
    if spec.thresholds is not None:
        bad = write_plain(spec.thresholds.bad, spec.precision)
        return f"{_SIGNS.get(spec.direction, '')}{bad}"
    target = spec.target_on(view.asked.today)
    return target_value(spec, target) if target else ""


def _sentence(
    view: View, region: Region, rows: list[dict[str, Any]], used: list[Observation]
) -> str:
    period = period_of(view, used)
    head = f"{view.region_name(region)}{period and f'({period})'}"
    known = [one for one in rows if one["cell"]["value"] is not None]
    if not known:
        return f"{head}:{len(rows)} 项都没有数据。"
    lit = [one for one in known if one["cell"]["lamp"] in ("bad", "warn")]
    if not lit:
        return f"{head}:有数据的 {len(known)} 项都没有超限,缺 {len(rows) - len(known)} 项。"
    said = ";".join(
        said_cell(one["name"], one["cell"]) + (f",限值 {one['limit']}" if one["limit"] else "")
        for one in lit[:_NAMED]
    )
    rest = len(rows) - len(lit)
    return f"{head}:{said}。超限或关注 {len(lit)} 项,其余 {rest} 项。"
