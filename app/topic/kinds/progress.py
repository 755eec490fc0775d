"""progress: how much of a year's target is done, and how much of the year is gone (序时进度)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.topic.kinds.kpi import line_of
from app.topic.made import Made, column, said_cell
from app.topic.scope import Scope, place_of
from app.topic.view import View
from topics.kit.contracts import Observation, PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec, Target
from topics.kit.manifest_panels import PanelSpec
from topics.kit.periods import ZONE, end_of, local_start
from topics.kit.words.judgement import target_name, target_value
from topics.kit.words.lamps import Lamp
from topics.kit.words.numbers import write_plain


def progress(view: View, panel: PanelSpec, scope: Scope) -> Made:
    """Sums of a year have a calendar to keep; rates only reach their target or not."""
    rows, table, used = [], [], []
    for name in panel.indicators:
        spec = view.spec(name)
        region = place_of(spec, view.asked) or view.asked.region
        one = view.latest(name, region.code) if view.seen.readable(name) else None
        used += [one] if one is not None else []
        cell = view.cell(name, region)
        target = spec.target_on(view.asked.today) if region.level == spec.levels[0] else None
        share, elapsed = shares(spec, one, target)
        lamp = "none"
        if share is not None:
            lamp = lamp_of(spec, one, target, share, elapsed, behind=panel.behind / 100).value
        aim = _aim(view, spec, target)
        rows.append(
            {
                "name": spec.title,
                "indicator": name,
                "done": cell,
                "target": aim,
                "share": share,
                "elapsed": elapsed,
                "lamp": lamp,
            }
        )
        line = line_of(spec, cell, view.owner(spec))
        line |= {"share": _percent(share), "elapsed": _percent(elapsed), "lamp": _word(lamp)}
        table.append(line)
    return Made(
        data={"rows": rows},
        columns=[
            column("name", "指标"),
            column("value", "完成", align="right"),
            column("target", "目标", align="right"),
            column("share", "完成比例", "%", "right"),
            column("elapsed", "序时进度", "%", "right"),
            column("lamp", "进度"),
            column("period", "时期"),
            column("owner", "责任单位"),
        ],
        rows=table,
        sentence=_sentence(view, rows),
        used=used,
        subtitle=f"落后序时 {panel.behind:g} 个百分点以内为关注,以上为滞后({panel.behind_source})",
    )


def shares(
    spec: IndicatorSpec, one: Observation | None, target: Target | None
) -> tuple[float | None, float | None]:
    """How much of the target is done and of its year gone; None where that cannot be said.

    A value of another year than the target's is not set against it (上年目标). The target of a plan
    (`since`) is measured from its baseline, over all of the plan's years (6_city progress_formula).
    """
    if one is None or one.value is None or target is None:
        return None, None
    start = target.baseline or 0.0
    if not (target.since or target.year) <= local_start(one.period).year <= target.year:
        return None, None
    if target.value == start:
        return None, None
    timed = target.since is not None or summed(spec)
    done = (one.value - start) / (target.value - start)
    return done, elapsed_of(one, target) if timed else None


def summed(spec: IndicatorSpec) -> bool:
    """Whether the value grows through the year, so that the calendar can be asked of it."""
    return spec.period_kind is PeriodKind.CUMULATIVE and spec.unit not in ("%", "‰")


def elapsed_of(one: Observation, target: Target) -> float:
    """The part of the target's year, or plan, that is over at the end of the value's period."""
    begin = datetime(target.since or target.year, 1, 1, tzinfo=ZONE)
    whole = datetime(target.year + 1, 1, 1, tzinfo=ZONE) - begin
    return min(1.0, max(0.0, (end_of(one.period) - begin) / whole))


def lamp_of(
    spec: IndicatorSpec,
    one: Observation | None,
    target: Target | None,
    share: float,
    elapsed: float | None,
    *,
    behind: float,
) -> Lamp:
    """ok in step with the calendar, warn up to `behind` of the target after it, bad further.

    A rate is reached or not. No rule was found for `behind`: it is the panel's own.
    """
    assert target is not None
    if elapsed is None or spec.direction == "lower":
        sign = -1 if spec.direction == "lower" else 1
        value = one.value if one is not None and one.value is not None else 0.0
        return Lamp.OK if sign * value >= sign * target.value else Lamp.WARN
    missing = elapsed - share
    if missing <= 0:
        return Lamp.OK
    return Lamp.WARN if missing <= behind else Lamp.BAD


def _aim(view: View, spec: IndicatorSpec, target: Target | None) -> dict[str, Any]:
    if target is None:
        return {"text": "—", "unit": "", "value": None, "label": "未设目标"}
    name = target_name(target, view.asked.now)
    text = target_value(spec, target)
    return {
        "text": text,
        "unit": "" if text.endswith(spec.unit) else spec.unit,
        "value": target.value if view.seen.readable(spec.id) else None,
        "label": f"{target.year} 目标" if name == "目标" else name,
        "document": target.document,
        "kind": target.kind,
    }


def _percent(share: float | None) -> str:
    return "—" if share is None else write_plain(share * 100, 1)


def _word(lamp: str) -> str:
    return {"ok": "正常", "warn": "关注", "bad": "滞后"}.get(lamp, "—")


def _sentence(view: View, rows: list[dict[str, Any]]) -> str:
    known = [one for one in rows if one["share"] is not None]
    if not known:
        return f"{view.place}:{len(rows)} 项都没有可比的目标或数据。"
    order = {"bad": 0, "warn": 1, "ok": 2}
    known.sort(key=lambda one: order[one["lamp"]])
    first = known[0]
    part = f"{first['done']['period']}{said_cell(first['name'], first['done'])}"
    part += f",完成目标的 {_percent(first['share'])}%"
    if first["elapsed"] is not None:
        part += f"(序时 {_percent(first['elapsed'])}%)"
    counts = "、".join(
        f"{_word(lamp)} {sum(one['lamp'] == lamp for one in known)} 项"
        for lamp in ("bad", "warn", "ok")
        if any(one["lamp"] == lamp for one in known)
    )
    return f"{view.place}:{part};{counts}。"
