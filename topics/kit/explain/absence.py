"""Why there is no value; the last good one stays, named with its period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from topics.kit.contracts import Observation, Period, Region, ValueStatus
from topics.kit.explain.contracts import Absence
from topics.kit.explain.sentence import value_text
from topics.kit.formula.contracts import Trace
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.period_labels import label
from topics.kit.periods import end_of
from topics.kit.runs import RunRecord
from topics.kit.words.clock import moment_text
from topics.kit.words.values import write_value

_STATUS = {ValueStatus.MISSING: "来源报告缺测", ValueStatus.NOT_MONITORED: "这一期没有监测"}
_ONLY = {"city": "全市", "county": "县(市、区)", "town": "乡镇(街道)", "site": "点位"}


def absence_of(
    spec: IndicatorSpec,
    region: Region,
    period: Period | None,
    one: Observation | None,
    earlier: Sequence[Observation],
    *,
    trace: Trace | None,
    run: RunRecord | None,
    now: datetime,
) -> Absence | None:
    """None where there is a value; `earlier` are the periods up to it, newest first."""
    if one is not None and one.value is not None:
        return None
    last = next((held for held in earlier if held.value is not None), None)
    text = ""
    if last is not None:
        text = f"{value_text(write_value(spec, last.value))}({label(last.period)})"
    return Absence(_why(spec, region, period, one, trace, run, now), last, text)


def _why(
    spec: IndicatorSpec,
    region: Region,
    period: Period | None,
    one: Observation | None,
    trace: Trace | None,
    run: RunRecord | None,
    now: datetime,
) -> str:
    if region.level not in spec.levels:
        return f"本指标只有{'、'.join(_ONLY[level] for level in spec.levels)}数据"
    if trace is not None and trace.why:
        return trace.why
    if one is not None:
        return _STATUS.get(one.status, "没有数值")
    if period is not None and end_of(period) > now:
        return f"这一期到 {moment_text(end_of(period), now)} 才结束"
    if run is not None and run.ok is False:
        return f"取数失败,{run.error}"
    return "尚未收到任何一期" if period is None else "这一期没有收到数据"
