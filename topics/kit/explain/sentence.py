"""The sentence: fact, place, time; against the target; compared as on the card (SCREENS §6)."""

from __future__ import annotations

from topics.kit.contracts import Period, Region, ValueStatus
from topics.kit.explain.contracts import Absence, Aim
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.period_labels import label
from topics.kit.words.deltas import Delta, Measure
from topics.kit.words.judgement import Compared
from topics.kit.words.numbers import Written

_DOUBT = {ValueStatus.ESTIMATED: "估算值", ValueStatus.SUSPECT: "存疑"}


def sentence(
    spec: IndicatorSpec,
    region: Region,
    period: Period,
    written: Written,
    *,
    status: ValueStatus,
    class_name: str,
    aim: Aim | None,
    compared: Compared | None,
) -> str:
    """One line a leader can read out; every number in it stands in the drawer as well."""
    doubt = _DOUBT.get(status, "")
    named = "" if spec.shown == "class" else class_name
    marks = "、".join(one for one in (named, doubt) if one)
    fact = f"{region.name}{_gap(period)}{label(period)}{spec.title}为 {value_text(written)}"
    parts = [fact + (f"({marks})" if marks else "")]
    if aim is not None and aim.text:
        of = "" if aim.spec.id == spec.id else aim.spec.title
        parts.append(f"{of}{aim.text}({aim.limit})")
    if compared is not None:
        parts.append(change_text(compared.delta, compared.measure, spec.unit))
    return ",".join(parts) + "。"


def absent_sentence(
    spec: IndicatorSpec, region: Region, period: Period | None, absence: Absence
) -> str:
    """The sentence of a value that is not there: what is missing, why, and the last good one."""
    when = "" if period is None else f"{_gap(period)}{label(period)}"
    last = f",最近一次有效值为 {absence.last_text}" if absence.last_text else ""
    return f"{region.name}{when}{spec.title}没有数据:{absence.why}{last}。"


def value_text(written: Written) -> str:
    """Number and unit as they stand in a sentence: 10.6%, 1,268.4 亿元."""
    gap = "" if written.unit in ("%", "") else " "
    return f"{written.text}{gap}{written.unit}"


def change_text(delta: Delta, measure: Measure, unit: str) -> str:
    """The card's comparison in words: 同比上升 1.1 个百分点."""
    if not delta.arrow:
        return f"{delta.label}{delta.text}"
    rising = delta.arrow == "▲"
    verb = ("增长" if measure is Measure.PERCENT else "上升") if rising else "下降"
    number = delta.text.removesuffix(" 点")
    tail = {Measure.PERCENT: "", Measure.POINTS: " 个百分点"}.get(measure, f" {unit}".rstrip())
    return f"{delta.label}{verb} {number}{tail}"


def _gap(period: Period) -> str:
    return " " if label(period)[:1].isdigit() else ""
