"""One KPI row in words: value, lamp, age, comparison, target and curve (SCREENS §3, KpiRow)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from app.board.ages import Age, Freshness, age_of
from app.board.clock import local, moment_text
from app.board.deltas import Delta, Measure, difference, say
from app.board.lamps import Lamp, lamp_for
from app.board.numbers import write, write_plain
from app.board.readings import Readings
from app.board.sparks import spark
from topics.kit.contracts import Observation, PeriodKind, ValueStatus
from topics.kit.manifest_indicators import IndicatorSpec, Target
from topics.kit.period_labels import label
from topics.kit.periods import end_of
from topics.kit.runs import RunRecord

_RUNNING = (PeriodKind.INSTANT, PeriodKind.HOUR, PeriodKind.DAY)
_ABSENT = {ValueStatus.MISSING: "缺测", ValueStatus.NOT_MONITORED: "未监测"}
_ONLY_CITY = "本指标只有全市数据"
_DOUBT = {ValueStatus.SUSPECT: "存疑", ValueStatus.ESTIMATED: "估算"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What every row needs besides its readings; the same for all viewers."""

    specs: Mapping[str, IndicatorSpec]
    owners: Mapping[str, str]  # organisation id -> short name
    refreshers: Mapping[str, str]  # indicator -> refresher
    runs: Mapping[str, RunRecord]
    levels: Mapping[str, str] = field(default_factory=dict)  # region -> level


def row(
    spec: IndicatorSpec, region: str, readings: Readings, known: Facts, now: datetime
) -> dict[str, Any]:
    """The row of one indicator and region at `now`; times are ISO 8601 with offset."""
    series = readings.series(spec.id, region)
    latest = series[-1] if series else None
    age = indicator_age(spec, latest, now)
    judged_spec, judged = _judged(spec, region, latest, readings, known)
    lamp = _lamp_of(judged_spec, judged)
    run = known.runs.get(known.refreshers.get(spec.id, ""))
    failing = run is not None and run.ok is False and age.state is not Freshness.FRESH
    shown = _shown_lamp(lamp, age)
    return {
        **_identity(spec, region, known),
        **_value(spec, latest, now),
        "lamp": shown.value,
        "edge": shown.value if shown in (Lamp.WARN, Lamp.BAD) else "",
        "fresh": {"state": age.state.value, "text": age.text},
        "stale": age.state in (Freshness.LATE, Freshness.DEAD),
        "delta": _as_dict(_delta(spec, latest, readings, known, lamp)),
        "target": target_text(judged_spec, now),
        "spark": _spark(spec, series, judged_spec, now),
        "state": _state(latest, failing=failing),
        "message": _message(spec, latest, run if failing else None, now)
        if _made_for(spec, region, known)
        else _ONLY_CITY,
    }


def forbidden_row(spec: IndicatorSpec, region: str, known: Facts) -> dict[str, Any]:
    """The row of somebody who may not see the value: no number, and who can grant it."""
    owner = known.owners.get(spec.owner, spec.owner)
    return {
        **_identity(spec, region, known),
        **{"period": "", "value": "—", "unit": "", "raw": None, "lamp": "none", "edge": ""},
        **{"fresh": {"state": "never", "text": ""}, "stale": False, "delta": None, "target": ""},
        **{"spark": None, "state": "forbidden", "message": f"需{owner}授权"},
        **{"recorded_at": None, "period_start": None, "source": ""},
    }


def indicator_age(spec: IndicatorSpec, latest: Observation | None, now: datetime) -> Age:
    """How fresh the newest period is against the manifest's promise."""
    return age_of(None if latest is None else end_of(latest.period), spec.freshness, now)


def shown_lamp(
    spec: IndicatorSpec, region: str, readings: Readings, known: Facts, now: datetime
) -> Lamp:
    """The lamp of the row, without the work of wording it."""
    latest = readings.latest(spec.id, region)
    lamp = _lamp_of(*_judged(spec, region, latest, readings, known))
    return _shown_lamp(lamp, indicator_age(spec, latest, now))


def _lamp_of(spec: IndicatorSpec, latest: Observation | None) -> Lamp:
    # Without thresholds a known value is fine.
    limits = spec.thresholds
    return lamp_for(
        latest.value if latest is not None else None,
        warn=limits.warn if limits else None,
        bad=limits.bad if limits else None,
        higher_is_better=spec.direction == "higher",
    )


def target_text(spec: IndicatorSpec, now: datetime) -> str:
    """The target in force, or last year's named as such until the new one takes effect."""
    target = spec.target_on(local(now).date())
    if target is None:
        return ""
    sign = {"lower": "≤", "higher": "≥", "none": ""}[spec.direction]
    name = "目标" if target.year >= local(now).year else "上年目标"
    value = write_plain(target.value, spec.precision)
    return f"{name} {sign}{value}{'%' if spec.unit == '%' else ''}"


def _identity(spec: IndicatorSpec, region: str, known: Facts) -> dict[str, Any]:
    return {
        "indicator": spec.id,
        "region": region,
        "name": spec.title,
        "owner": known.owners.get(spec.owner, spec.owner),
        "definition": spec.definition,
    }


def _value(spec: IndicatorSpec, latest: Observation | None, now: datetime) -> dict[str, Any]:
    written = write(latest.value if latest else None, spec.unit, spec.precision)
    return {
        "period": "" if latest is None else period_text(latest, now),
        "value": written.text,
        "unit": class_label(spec, latest) or written.unit,
        "raw": latest.value if latest else None,
        "recorded_at": _iso(latest.recorded_at if latest else None),
        "period_start": _iso(latest.period.start if latest else None),
        "source": (latest.source if latest else "") or spec.source,
    }


def class_label(spec: IndicatorSpec, latest: Observation | None) -> str:
    """The name of the class a value falls into (优, 良 …); empty where there are no classes."""
    if latest is None or latest.value is None:
        return ""
    for one in spec.classes:
        if one.upto is None or latest.value <= one.upto:
            return one.label
    return ""


def period_text(latest: Observation, now: datetime) -> str:
    """The period as it stands on the row: a moment by the clock, else its official name."""
    if latest.period.kind is PeriodKind.INSTANT:
        return moment_text(latest.period.start, now)
    return label(latest.period, now=now)


def _judged(
    spec: IndicatorSpec,
    region: str,
    latest: Observation | None,
    readings: Readings,
    known: Facts,
) -> tuple[IndicatorSpec, Observation | None]:
    # A level such as GDP is judged by its published growth when it has no limits of its own.
    published = spec.comparison.published if spec.comparison else None
    if spec.thresholds is None and published is not None and published in known.specs:
        companion = readings.latest(published, region)
        if latest is not None and companion is not None and _belongs(companion, latest):
            return known.specs[published], companion
    return spec, latest


def _shown_lamp(lamp: Lamp, age: Age) -> Lamp:
    if age.state is Freshness.DEAD:
        return Lamp.NONE
    return Lamp.WARN if age.state is Freshness.LATE and lamp is Lamp.OK else lamp


def _delta(
    spec: IndicatorSpec,
    latest: Observation | None,
    readings: Readings,
    known: Facts,
    lamp: Lamp,
) -> Delta | None:
    comparison = spec.comparison
    if comparison is None or latest is None or latest.value is None:
        return None
    if comparison.published is not None:
        return _published(comparison.label, comparison.published, latest, readings, known, lamp)
    reference = readings.reference(spec, latest)
    if reference is None or reference.value is None:
        return None
    measure = Measure(comparison.shown_as)
    change = difference(latest.value, reference.value, measure)
    if change is None:
        return None
    return say(
        change,
        label=comparison.label,
        measure=measure,
        precision=spec.precision,
        lamp=lamp,
        direction=spec.direction,
    )


def _published(
    name: str,
    indicator: str,
    latest: Observation,
    readings: Readings,
    known: Facts,
    lamp: Lamp,
) -> Delta | None:
    growth = readings.latest(indicator, latest.region)
    if growth is None or growth.value is None or not _belongs(growth, latest):
        return None
    return say(
        growth.value,
        label=name,
        measure=Measure.PERCENT,
        precision=1,
        lamp=lamp,
        direction=known.specs[indicator].direction if indicator in known.specs else "none",
    )


def _belongs(growth: Observation, level: Observation) -> bool:
    # A released figure goes with the growth released for the same period only. Beside a day still
    # running stands the growth up to yesterday; the comparison's label (本月同比) says of what.
    return growth.period == level.period or level.period.kind in _RUNNING


def _spark(
    spec: IndicatorSpec, series: Sequence[Observation], judged: IndicatorSpec, now: datetime
) -> dict[str, Any] | None:
    target: Target | None = judged.target_on(local(now).date()) if judged is spec else None
    values = [one.value for one in series]
    last = next((value for value in reversed(values) if value is not None), None)
    written = write(last, spec.unit, spec.precision)
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
    if latest.status in _ABSENT:
        return _ABSENT[latest.status]
    return _DOUBT.get(latest.status, "")


def _as_dict(delta: Delta | None) -> dict[str, str] | None:
    return None if delta is None else asdict(delta)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else local(moment).isoformat()
