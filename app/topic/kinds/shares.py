"""composition: what a total is made of; contribution: who moved it, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.topic.made import Made, column, period_of, said_cell
from app.topic.scope import Scope, place_of
from app.topic.view import Cell, View
from topics.kit.contracts import Observation, Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_panels import PanelSpec
from topics.kit.words.numbers import write_plain

_COLOURS = ("data", "d7", "d1", "data-2", "q5", "d2", "q3", "d6", "q7", "d3")
_APART = 0.005  # of the total: beyond it the parts are said not to add up
_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Part:
    """One part: its name, what it is of, its newest value."""

    name: str
    spec: IndicatorSpec
    region: Region
    one: Observation | None
    cell: Cell

    @property
    def value(self) -> float | None:
        return self.one.value if self.one else None


def composition(view: View, panel: PanelSpec, scope: Scope) -> Made:
    """Shares of the total; of the sum of the parts where there is no total."""
    total, parts = _parts(view, panel, scope)
    known = [one for one in parts if one.value is not None]
    added = sum(one.value or 0.0 for one in known)
    whole = total.value if total.value is not None else added
    mixed = any((one.value or 0.0) < 0 for one in known)
    rows: list[dict[str, Any]] = []
    for number, one in enumerate(parts):
        share = one.value / whole if one.value is not None and whole > 0 and not mixed else None
        colour = _COLOURS[number % len(_COLOURS)]
        rows.append({"name": one.name, "share": share, "cell": one.cell, "colour": colour})
    used = [one.one for one in (total, *parts) if one.one is not None]
    note = ""
    if len(known) == len(parts) and whole and abs(added - whole) > abs(whole) * _APART:
        note = f"各部分之和 {write_plain(added, total.spec.precision)},与总量不等"
    return Made(
        data={"total": total.cell, "parts": rows, "note": note},
        columns=[
            column("name", "名称"),
            column("value", "数值", total.spec.unit, "right"),
            column("share", "占比", "%", "right"),
        ],
        rows=[
            {"name": one["name"], "value": one["cell"], "share": _percent(one["share"])}
            for one in rows
        ]
        + [{"name": "合计", "value": total.cell, "share": ""}],
        sentence=_composed(view, total, rows, period_of(view, used), note),
        used=used,
        subtitle=" · ".join(one for one in (total.spec.unit, period_of(view, used), note) if one),
    )


def contribution(view: View, panel: PanelSpec, scope: Scope) -> Made:
    """Several indicators: the first is the change, the others what each adds to it, as published.

    One indicator: the change of each region below since the period it is compared with.
    """
    if len(panel.indicators) > 1:
        total, parts = _parts(view, panel, scope)
        moved = {one.name: one.value for one in parts}
        whole = total.value
        cells = {one.name: one.cell for one in parts}
        compared = ""
    else:
        total, parts = _parts(view, panel, scope)
        moved = {one.name: _moved(view, one) for one in parts}
        whole = _moved(view, total)
        cells = {one.name: _moved_cell(one, moved[one.name]) for one in parts}
        label = total.spec.comparison.label if total.spec.comparison else ""
        compared = label or "无对比期"
    known = [one for one in moved.values() if one is not None]
    base = whole if whole is not None else (sum(known) if known else None)
    rows: list[dict[str, Any]] = [
        {"name": one.name, "share": _share(moved[one.name], base), "cell": cells[one.name]}
        for one in parts
    ]
    rows.sort(key=lambda one: -abs(moved[str(one["name"])] or 0.0))
    used = [one.one for one in (total, *parts) if one.one is not None]
    total_cell = total.cell if not compared else _moved_cell(total, base)
    sentence = _contributed(view, total, rows, moved, total_cell, compared, period_of(view, used))
    return Made(
        data={"rows": rows, "total": total_cell, "sentence": sentence},
        columns=[
            column("name", "名称"),
            column("value", "拉动" if not compared else "增减", total.spec.unit, "right"),
            column("share", "占增减的比重", "%", "right"),
        ],
        rows=[
            {"name": one["name"], "value": one["cell"], "share": _percent(one["share"])}
            for one in rows
        ]
        + [{"name": "合计", "value": total_cell, "share": ""}],
        sentence=sentence,
        used=used if known else [],
        subtitle=" · ".join(one for one in (total.spec.unit, compared) if one),
    )


def _parts(view: View, panel: PanelSpec, scope: Scope) -> tuple[_Part, list[_Part]]:
    specs = [view.spec(one) for one in panel.indicators]
    if len(specs) > 1:
        made = [
            _part(view, spec, place_of(spec, view.asked) or view.asked.region, spec.title)
            for spec in specs
        ]
        return made[0], made[1:]
    spec, rows = specs[0], scope.rows
    around = _around(view, rows)
    parts = [_part(view, spec, one, view.short(one)) for one in rows]
    return _part(view, spec, around, view.region_name(around)), parts


def _around(view: View, rows: Sequence[Region]) -> Region:
    """The region the rows are parts of."""
    above = view.services.regions.find(rows[0].parent or "") if rows else None
    return above or view.asked.region


def _part(view: View, spec: IndicatorSpec, region: Region, name: str) -> _Part:
    one = view.latest(spec.id, region.code) if view.seen.readable(spec.id) else None
    return _Part(name, spec, region, one, view.cell(spec.id, region))


def _moved(view: View, part: _Part) -> float | None:
    before = None if part.one is None else view.seen.reference(part.spec, part.one)
    if part.value is None or before is None or before.value is None:
        return None
    return part.value - before.value


def _moved_cell(part: _Part, moved: float | None) -> Cell:
    text = "—" if moved is None else write_plain(moved, part.spec.precision)
    if moved is not None and moved > 0:
        text = f"+{text}"
    status = part.cell["status_text"] or ("" if moved is not None else "无对比")
    return {**part.cell, "text": text, "value": moved, "status_text": status, "delta": None,
            "class": None, "target": None, "unit": part.spec.unit}  # fmt: skip


def _share(value: float | None, whole: float | None) -> float | None:
    return None if value is None or not whole else value / whole


def _percent(share: float | None) -> str:
    return "—" if share is None else write_plain(share * 100, 1)


def _composed(
    view: View, total: _Part, rows: Sequence[dict[str, Any]], period: str, note: str
) -> str:
    known = [one for one in rows if one["share"] is not None]
    head = f"{period}{view.region_name(total.region)}{said_cell(total.spec.title, total.cell)}"
    if not known:
        return f"{head}。"
    known.sort(key=lambda one: -one["share"])
    said = "、".join(f"{one['name']}占 {_percent(one['share'])}%" for one in known[:_NAMED])
    missing = len(rows) - len(known)
    tail = f",{missing} 部分没有数据" if missing else ""
    return f"{head},其中{said}{tail}{note and ';' + note}。"


def _contributed(
    view: View,
    total: _Part,
    rows: Sequence[dict[str, Any]],
    moved: dict[str, float | None],
    cell: Cell,
    compared: str,
    period: str,
) -> str:
    known = [one for one in rows if moved[one["name"]] is not None]
    place = view.region_name(total.region)
    if not known:
        return f"{place}{total.spec.title}没有可比的数据。"
    unit = cell["unit"]
    said = "、".join(f"{one['name']} {one['cell']['text']}" for one in known[:_NAMED])
    head = (
        f"{period}{place}{total.spec.title}{compared}增减"
        if compared
        else said_cell(f"{period}{place}{total.spec.title}", cell)
    )
    return f"{head} {cell['text']}{unit},其中{said}。" if compared else f"{head},其中{said}。"
