"""One KPI row in words: value, lamp, age, comparison, target and curve (SCREENS §3, KpiRow)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from app.board.marks import DOUBT
from app.board.readings import Readings
from app.board.seen import SeenReadings
from app.board.sparks import spark
from topics.kit.contracts import Observation
from topics.kit.manifest_indicators import IndicatorSpec, Target
from topics.kit.quality.freshness import Freshness, indicator_age
from topics.kit.runs import RunRecord
from topics.kit.words.absent import absent_text
from topics.kit.words.clock import local, moment_text
from topics.kit.words.deltas import Delta
from topics.kit.words.judgement import (
    Broken,
    aged_lamp,
    class_label,
    compared,
    judged,
    lamp_of,
    period_text,
    target_text,
)
from topics.kit.words.lamps import Lamp
from topics.kit.words.values import write_value

_LEVELS = {"city": "全市", "county": "县(市、区)", "town": "乡镇(街道)", "site": "点位"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What every row needs besides its readings; the same for all viewers."""

    specs: Mapping[str, IndicatorSpec]
    owners: Mapping[str, str]  # organisation id -> short name
    refreshers: Mapping[str, str]  # indicator -> refresher
    runs: Mapping[str, RunRecord]
    levels: Mapping[str, str] = field(default_factory=dict)  # region -> level
    broken: Broken | None = None


Shown = Readings | SeenReadings


def row(
    spec: IndicatorSpec, region: str, readings: Shown, known: Facts, now: datetime
) -> dict[str, Any]:
    """The row of one indicator and region at `now`; times are ISO 8601 with offset."""
    series = readings.series(spec.id, region)
    latest = series[-1] if series else None
    age = indicator_age(spec, latest, now)
    judged_spec, judge = judged(spec, latest, readings, known.specs)
    lamp = lamp_of(judged_spec, judge)
    run = known.runs.get(known.refreshers.get(spec.id, ""))
    failing = run is not None and run.ok is False and age.state is not Freshness.FRESH
    shown = aged_lamp(lamp, age)
    said = compared(spec, latest, readings, known.specs, lamp, known.broken)
    return {
        **_identity(spec, region, known),
        **_value(spec, latest, now),
        "lamp": shown.value,
        "edge": shown.value if shown in (Lamp.WARN, Lamp.BAD) else "",
        "fresh": {"state": age.state.value, "text": age.text},
        "stale": age.stale,
        "doubt": DOUBT.get(latest.status, "") if latest else "",
        "delta": _as_dict(said.delta if said else None),
        "target": target_text(judged_spec, now),
        "spark": _spark(spec, series, judged_spec, now),
        "state": _state(latest, failing=failing),
        "message": _message(spec, latest, run if failing else None, now)
        if _made_for(spec, region, known)
        else f"本指标只有{'、'.join(_LEVELS[level] for level in spec.levels)}数据",
    }


def forbidden_row(spec: IndicatorSpec, region: str, known: Facts) -> dict[str, Any]:
    """The row of somebody who may not see the value: no number, and who can grant it."""
    owner = known.owners.get(spec.owner, spec.owner)
    return {
        **_identity(spec, region, known),
        **{"period": "", "value": "—", "unit": "", "raw": None, "lamp": "none", "edge": ""},
        **{"fresh": {"state": "never", "text": ""}, "stale": False, "doubt": ""},
        **{"delta": None, "target": ""},
        **{"spark": None, "state": "forbidden", "message": f"需{owner}授权"},
        **{"recorded_at": None, "period_start": None, "source": ""},
    }


def shown_lamp(
    spec: IndicatorSpec, region: str, readings: Shown, known: Facts, now: datetime
) -> Lamp:
    """The lamp of the row, without the work of wording it."""
    latest = readings.latest(spec.id, region)
    lamp = lamp_of(*judged(spec, latest, readings, known.specs))
    return aged_lamp(lamp, indicator_age(spec, latest, now))


def _identity(spec: IndicatorSpec, region: str, known: Facts) -> dict[str, Any]:
    return {
        "indicator": spec.id,
        "region": region,
        "name": spec.title,
        "owner": known.owners.get(spec.owner, spec.owner),
        "definition": spec.definition,
    }


def _value(spec: IndicatorSpec, latest: Observation | None, now: datetime) -> dict[str, Any]:
    written = write_value(spec, latest.value if latest else None)
    return {
        "period": "" if latest is None else period_text(latest, now),
        "value": written.text,
        "unit": "" if spec.shown == "class" else class_label(spec, latest) or written.unit,
        "raw": latest.value if latest else None,
        "recorded_at": _iso(latest.recorded_at if latest else None),
        "period_start": _iso(latest.period.start if latest else None),
        "source": (latest.source if latest else "") or spec.source,
    }


def _spark(
    spec: IndicatorSpec, series: Sequence[Observation], judged: IndicatorSpec, now: datetime
) -> dict[str, Any] | None:
    target: Target | None = judged.target_on(local(now).date()) if judged is spec else None
    values = [one.value for one in series]
    last = next((value for value in reversed(values) if value is not None), None)
    written = write_value(spec, last)
    aria = f"近 {len(values)} 期,末值 {written.text} {written.unit}".strip()
    return spark(values, kind=spec.spark, target=target.value if target else None, aria=aria)


def _made_for(spec: IndicatorSpec, region: str, known: Facts) -> bool:
    return known.levels.get(region, spec.levels[0]) in spec.levels


def _state(latest: Observation | None, *, failing: bool) -> str:
    if failing:
        return "error"
    return "empty" if latest is None else "ok"


def _message(
    spec: IndicatorSpec, latest: Observation | None, failed: RunRecord | None, now: datetime
) -> str:
    if failed is not None:
        known = f",上次成功 {moment_text(failed.last_ok, now)}" if failed.last_ok else ""
        return f"{failed.error}{known}"
    if latest is None:
        return "这一期还没有数据"
    return absent_text(spec, latest.status) or DOUBT.get(latest.status, "")


def _as_dict(delta: Delta | None) -> dict[str, str] | None:
    return None if delta is None else asdict(delta)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else local(moment).isoformat()
