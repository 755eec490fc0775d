"""What stands around every panel: title, owner, period, freshness, note and state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.topic.made import Made, freshness_of, period_of
from app.topic.scope import Scope, place_above, place_of
from app.topic.view import View
from layers.contracts import Classification
from topics.kit.contracts import Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_panels import PanelSpec

Maker = Callable[[View, PanelSpec, Scope], Made]


def panel_json(
    view: View, name: str, panel: PanelSpec, scope: Scope, make: Maker, failed: str = ""
) -> dict[str, Any]:
    """The panel as the page gets it; a forbidden one is not even made.

    `failed` says what is wrong with a source; it is told where values are late.
    """
    specs = [view.spec(one) for one in panel.indicators]
    closed = bool(specs) and not any(view.seen.readable(one.id) for one in specs)
    made = _forbidden(view, specs) if closed else make(view, panel, scope)
    state, message = _state(view, panel, specs, made, closed=closed)
    fresh = freshness_of(view, made.used)
    if state == "ok" and fresh["state"] != "fresh" and view.asked.as_of is None:
        message = failed
    owners = dict.fromkeys(view.owner(one) for one in specs) or {
        view.services.organisations.name(view.asked.topic.owner, view.asked.today): None
    }
    return {
        "id": name,
        "title": made.title or panel.title,
        "name": panel.title,
        "kind": panel.kind,
        "area": panel.area,
        "size": panel.size,
        "subtitle": made.subtitle,
        "owner": "、".join(owners),
        "period": period_of(view, made.used),
        "freshness": fresh,
        "note": panel.note,
        "sentence": made.sentence,
        "state": state,
        "message": message,
        "table": {"columns": made.columns, "rows": made.rows},
        "figure": made.figure,
        "data": made.data,
        # A picture that leaves the page then carries who took it and when.
        "internal": any(one.classification is not Classification.PUBLIC for one in specs),
    }


def _forbidden(view: View, specs: list[IndicatorSpec]) -> Made:
    owners = "、".join(dict.fromkeys(view.owner(one) for one in specs))
    return Made({}, [], [], "", message=f"需{owners}授权")


def _state(
    view: View, panel: PanelSpec, specs: list[IndicatorSpec], made: Made, *, closed: bool
) -> tuple[str, str]:
    if closed:
        return "forbidden", made.message
    if made.message:
        return made.state or "error", made.message
    if made.used or panel.kind in ("map", "records", "alerts", "own") or not specs:
        return "ok", ""
    return "empty", _when(view, specs[0])


def _when(view: View, spec: IndicatorSpec) -> str:
    """Why there is nothing, and when something may be expected."""
    region: Region | None = place_of(spec, view.asked)
    region = region or place_above(spec, view.asked, view.services.regions)
    if region is None:
        return "所选区划没有这项数据"
    return view.expected(spec, region).replace("还没有数据", "这一期还没有数据", 1)
