"""The parts of an explanation's answer: target, comparison, formula, inputs, shares, curve."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from topics.kit.contracts import Observation, Period
from topics.kit.definitions.contracts import DefinitionVersion
from topics.kit.explain.contracts import (
    Aim,
    Contributions,
    Explanation,
    Formula,
    InputNode,
    Revision,
)
from topics.kit.explain.revisions import MOST_DIGITS
from topics.kit.explain.sentence import value_text
from topics.kit.forecast.contracts import Forecast
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.period_labels import label
from topics.kit.periods import end_of, spelt
from topics.kit.quality.freshness import age_of
from topics.kit.words.clock import local, moment_text
from topics.kit.words.deltas import Measure
from topics.kit.words.judgement import Compared
from topics.kit.words.numbers import rounded
from topics.kit.words.values import write_value


def iso(moment: datetime | None) -> str | None:
    """A moment as the API spells it; None stays None."""
    return None if moment is None else local(moment).isoformat()


def target_json(aim: Aim | None, spec: IndicatorSpec) -> dict[str, Any] | None:
    """The target, its document and how far the value is from it."""
    if aim is None:
        return None
    return {
        "indicator": aim.spec.id,
        "of": "" if aim.spec.id == spec.id else aim.spec.title,
        "value": aim.target.value,
        "year": aim.target.year,
        "name": aim.name,
        "limit": aim.limit,
        "text": aim.text,
        "met": aim.met,
        "document": aim.target.document,
        "kind": aim.target.kind,
        "effective": aim.target.effective.isoformat(),
    }


def comparison_json(
    compared: Compared | None, now: Observation | None, spec: IndicatorSpec
) -> dict[str, Any] | None:
    """The comparison as on the card, and the value it is made with."""
    if compared is None:
        return None
    delta, before, published = compared.delta, compared.before, compared.published
    return {
        "label": delta.label,
        "arrow": delta.arrow,
        "text": delta.text,
        "tone": delta.tone,
        "measure": compared.measure.value,
        "change": compared.change,
        "before": None if before is None else _before(compared, before, now, spec),
        "published": None
        if published is None
        else {"indicator": published.indicator, "region": published.region,
              "period": spelt(published.period), "value": published.value},
    }  # fmt: skip


def formula_json(formula: Formula | None) -> dict[str, Any] | None:
    """The formula in words and with the numbers put in."""
    if formula is None:
        return None
    return {
        "expression": formula.expression,
        "words": formula.words,
        "numbers": formula.numbers,
        "result": formula.result,
        "hidden": formula.hidden,
        "basis": [{"rule": one.rule, "source": one.source} for one in formula.basis],
        "pending": formula.pending,
    }


def input_json(node: InputNode, now: datetime) -> dict[str, Any]:
    """One input and what went into it; a value that may not be seen has neither name nor number."""
    said = {
        "role": node.role,
        "region": None
        if node.region is None
        else {"code": node.region.code, "name": node.region.name},
        "period": spelt(node.period),
        "period_text": label(node.period),
        "allowed": node.allowed,
    }
    if node.spec is None or node.written is None:
        return {**said, "indicator": None, "title": "", "text": "无权查看", "value": None,
                "status": None, "age": None, "computed": False, "inputs": []}  # fmt: skip
    one = node.observation
    age = age_of(end_of(node.period) if one else None, node.spec.freshness, now)
    return {
        **said,
        "indicator": node.spec.id,
        "title": node.spec.title,
        "text": value_text(node.written),
        "value": None if one is None else one.value,
        "status": None if one is None else one.status.value,
        "age": {"state": age.state.value, "text": age.text},
        "computed": node.trace is not None,
        "inputs": [input_json(each, now) for each in node.inputs],
    }


def change_json(made: Contributions, compared: Compared | None) -> dict[str, Any]:
    """Who made the change; the amounts of the parts add up to `amount`."""
    before = compared.before if compared else None
    return {
        "name": made.name,
        "against": "" if before is None else label(before.period),
        "amount": made.amount,
        "text": made.text,
        "unit": made.unit,
        "why": made.why,
        "parts": [
            {
                "region": None if one.region is None else one.region.code,
                "name": one.name,
                "amount": one.amount,
                "text": one.text,
            }
            for one in made.shares
        ],
    }


def revision_json(one: Revision, now: datetime) -> dict[str, Any]:
    """One time the value was said."""
    return {
        "at": iso(one.at),
        "at_text": moment_text(one.at, now),
        "old": one.old,
        "new": one.new,
        "first": one.first,
        "reason": one.reason,
        "who": one.who,
    }


def version_json(one: DefinitionVersion) -> dict[str, Any]:
    """One version of the definition."""
    return {
        "number": one.number,
        "definition": one.spec.definition,
        "valid_from": None if one.valid_from is None else one.valid_from.isoformat(),
        "recorded_at": iso(one.recorded_at),
        "reason": one.reason,
        "breaks": one.breaks,
    }


def history_json(told: Explanation, now: datetime) -> dict[str, Any]:
    """The curve up to the value, the target's line where it is of this indicator, the forecast."""
    spec, aim = told.spec, told.aim
    own = aim is not None and aim.spec.id == spec.id
    breaks = [one.valid_from.isoformat() for one in told.versions if one.breaks and one.valid_from]
    return {
        "points": [
            _point(one, spec) | {"label": label(one.period, now=now)} for one in told.points
        ],
        "target": aim.target.value if aim is not None and own else None,
        "target_text": f"{aim.name} {write_value(spec, aim.target.value).text}"
        if aim is not None and own
        else "",
        "breaks": breaks,
        "forecast": _forecast(told.forecast, told.period),
    }


def _before(
    compared: Compared, before: Observation, now: Observation | None, spec: IndicatorSpec
) -> dict[str, Any]:
    """The value compared with, in as many digits as make the difference one that can be redone."""
    return _point(before, spec, _digits(compared, before.value, now.value if now else None, spec))


def _digits(
    compared: Compared, before: float | None, now: float | None, spec: IndicatorSpec
) -> int:
    """The fewest digits whose difference is the one shown."""
    if before is None or now is None or compared.change is None:
        return spec.precision
    if compared.measure in (Measure.PERCENT, Measure.CLASSES):
        return spec.precision
    last = 1 if compared.measure is Measure.POINTS else spec.precision
    shown = rounded(compared.change, last)
    for digits in range(spec.precision, MOST_DIGITS):
        gap = float(rounded(now, digits) - rounded(before, digits))
        if rounded(gap, last) == shown:
            return digits
    return MOST_DIGITS


def _point(one: Observation, spec: IndicatorSpec, digits: int | None = None) -> dict[str, Any]:
    return {
        "period": spelt(one.period),
        "label": label(one.period),
        "value": one.value,
        "status": one.status.value,
        "text": value_text(write_value(spec, one.value, digits)),
    }


def _forecast(forecast: Forecast | None, after: Period | None) -> dict[str, Any] | None:
    if forecast is None or after is None:
        return None
    ahead = [one for one in forecast.points if one.period > after]
    if not ahead:
        return None
    return {
        "model": forecast.model,
        "made_at": iso(forecast.made_at),
        "mase": forecast.mase,
        "naive_mase": forecast.naive_mase,
        "points": [
            {
                "period": spelt(one.period),
                "label": label(one.period),
                "mean": one.mean,
                "band80": [one.low80, one.high80],
                "band95": [one.low95, one.high95],
            }
            for one in ahead
        ],
    }
