"""What stands beside the chart: targets, changes of the definition, corrections, forecasts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from app.indicator.lines import History
from app.indicator.parts import Parts
from app.indicator.question import Question
from app.indicator.words import STATUS, full_label, stamp, written
from app.security.contracts import Subject
from topics.kit.definitions.contracts import DefinitionVersion
from topics.kit.forecast.contracts import Forecast, PastForecast
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import spelt
from topics.kit.words.clock import local, moment_text
from topics.kit.words.judgement import target_name, target_value
from topics.kit.words.numbers import write_plain

_CORRECTIONS = 30  # listed on the page; the export has all


def targets(spec: IndicatorSpec, now: datetime) -> list[dict[str, Any]]:
    """Every target, newest year first; the one in force is named 目标 or 上年目标."""
    current = spec.target_on(local(now).date())
    rows = []
    for one in sorted(spec.target, key=lambda one: one.year, reverse=True):
        name = ""
        if one is current:
            name = target_name(one, now)
        elif one.effective > local(now).date():
            name = "尚未生效"
        rows.append(
            {
                "year": one.year,
                "value": one.value,
                "text": target_value(spec, one),
                "kind": one.kind,
                "document": one.document,
                "effective": one.effective.isoformat(),
                "name": name,
                "current": one is current,
            }
        )
    return rows


def definitions(parts: Parts, asked: Question) -> list[DefinitionVersion]:
    """The versions of the definition known at the moment of the page, newest first."""
    if parts.definitions is None:
        return []
    return list(parts.definitions.history(asked.spec.id, as_of=asked.as_of))[::-1]


def definition_json(one: DefinitionVersion) -> dict[str, Any]:
    """One version as the page lists it."""
    return {
        "number": one.number,
        "definition": one.spec.definition,
        "valid_from": one.valid_from.isoformat() if one.valid_from else None,
        "recorded_at": stamp(one.recorded_at),
        "author": "专题清单" if one.author == "manifest" else one.author,
        "reason": one.reason,
        "breaks": one.breaks,
    }


def corrections(spec: IndicatorSpec, history: History, now: datetime) -> list[dict[str, Any]]:
    """Every time a value became another one, the latest correction first."""
    rows = []
    for point in history.main.points:
        steps = [*point.former, *([point.now] if point.now else [])]
        for old, new in pairwise(steps):
            rows.append(
                {
                    "period": spelt(point.period),
                    "label": full_label(point.period),
                    "from": STATUS[old.status.value] or written(spec, old.value).text,
                    "to": STATUS[new.status.value] or written(spec, new.value).text,
                    "change": _change(spec, old.value, new.value),
                    "recorded_at": stamp(new.recorded_at),
                    "recorded_text": moment_text(new.recorded_at, now) if new.recorded_at else "",
                }
            )
    rows.sort(key=lambda row: str(row["recorded_at"]), reverse=True)
    return rows[:_CORRECTIONS]


def _change(spec: IndicatorSpec, old: float | None, new: float | None) -> str:
    if old is None or new is None:
        return ""
    if spec.shown == "class":
        return ""
    text = write_plain(new - old, spec.precision)
    return text if new < old else f"+{text}"


def shown_forecast(
    parts: Parts, subject: Subject, asked: Question, history: History
) -> Forecast | None:
    """The forecast that goes on from the newest visible value, where one may be shown.

    None while a value is withheld: a forecast made with it would give it away.
    """
    latest = history.main.latest
    if parts.forecasts is None or latest is None or history.withheld:
        return None
    found = parts.forecasts.shown(asked.spec.id, asked.region, as_of=asked.as_of)
    if found is None or found.through > latest.period:
        return None
    return found if any(one.period > latest.period for one in found.points) else None


def forecast_json(spec: IndicatorSpec, found: Forecast, now: datetime) -> dict[str, Any]:
    """Model, how good its like has been, and the points ahead."""
    return {
        "model": found.model,
        "made_at": stamp(found.made_at),
        "made_text": moment_text(found.made_at, now),
        "mase": round(found.mase, 3),
        "naive_mase": round(found.naive_mase, 3),
        "coverage80": round(found.coverage80, 3),
        "coverage95": round(found.coverage95, 3),
        "points": [
            {
                "period": spelt(one.period),
                "label": full_label(one.period),
                "mean": one.mean,
                "text": written(spec, one.mean).text,
                "low80": one.low80,
                "high80": one.high80,
                "low95": one.low95,
                "high95": one.high95,
                "range_text": f"{written(spec, one.low80).text}–{written(spec, one.high80).text}",
            }
            for one in found.points
        ],
    }


def forecast_record(parts: Parts, subject: Subject, asked: Question) -> list[dict[str, Any]]:
    """What was forecast and what came, newest first, of periods the subject may see."""
    if parts.forecasts is None:
        return []
    found: Sequence[PastForecast] = parts.forecasts.record(
        asked.spec.id, asked.region, as_of=asked.as_of, limit=12
    )
    return [
        _past_json(asked.spec, one)
        for one in found
        if parts.sees(subject, asked.spec, one.point.period)
    ]


def _past_json(spec: IndicatorSpec, one: PastForecast) -> dict[str, Any]:
    share = one.error / abs(one.actual) * 100 if one.actual and spec.unit != "%" else None
    if share is None:
        error = f"{_signed(one.error, spec.precision)}{' 点' if spec.unit == '%' else ''}"
    else:
        error = f"{_signed(share, 1)}%"
    return {
        "period": spelt(one.point.period),
        "label": full_label(one.point.period),
        "forecast": written(spec, one.point.mean).text,
        "actual": written(spec, one.actual).text,
        "error": error,
        "inside": one.point.low80 <= one.actual <= one.point.high80,
        "inside95": one.point.low95 <= one.actual <= one.point.high95,
        "made_at": stamp(one.made_at),
    }


def _signed(value: float, precision: int) -> str:
    text = write_plain(value, precision)
    return text if value < 0 else f"+{text}"
