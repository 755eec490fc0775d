"""How often a value was said anew: when, from what to what, why and by whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from topics.kit.contracts import Observation, ValueStatus
from topics.kit.explain.contracts import Revision
from topics.kit.explain.filings import who_filed, why_filed
from topics.kit.explain.sentence import value_text
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.reporting.contracts import Step
from topics.kit.runs import RunRecord
from topics.kit.words.values import write_value

MOST_DIGITS = 6
_ABSENT = {ValueStatus.MISSING: "缺测", ValueStatus.NOT_MONITORED: "未监测"}
_CAUSES = {
    "schedule": "按时取数",
    "catch-up": "补取",
    "retry": "重试取数",
    "manual": "手动取数",
    "backfill": "补跑",
}


def revisions(
    spec: IndicatorSpec,
    said: Sequence[Observation],
    runs: Mapping[str, RunRecord],
    *,
    as_of: datetime | None,
    formula: bool,
    names: Callable[[str], str] | None,
    filed: Mapping[str, Sequence[Step]] | None = None,
) -> tuple[Revision, ...]:
    """Newest first; `names` is None for those who may not read who sent a value.

    `filed` are the steps of the filings that reported values, by the values' run.
    """
    known = [one for one in said if as_of is None or (one.recorded_at and one.recorded_at <= as_of)]
    made = []
    for before, one in zip([None, *known], known, strict=False):
        if one.recorded_at is None:
            continue
        digits = _digits(spec, before, one)
        run = runs.get(one.run or "")
        steps = (filed or {}).get(one.run or "")
        made.append(
            Revision(
                at=one.recorded_at,
                old="" if before is None else _said(spec, before, digits),
                new=_said(spec, one, digits),
                first=before is None,
                reason=why_filed(one, steps) if steps else _reason(before, run, formula=formula),
                who=_who(one, run, steps, formula=formula, names=names),
            )
        )
    return tuple(made[::-1])


def _said(spec: IndicatorSpec, one: Observation, digits: int) -> str:
    if one.value is None:
        return _ABSENT.get(one.status, "—")
    return value_text(write_value(spec, one.value, digits))


def _digits(spec: IndicatorSpec, before: Observation | None, one: Observation) -> int:
    """As many digits as tell the two values apart, at least those of the card."""
    digits = spec.precision
    if before is None or before.value == one.value:
        return digits
    while digits < MOST_DIGITS and _said(spec, before, digits) == _said(spec, one, digits):
        digits += 1
    return digits


def _reason(before: Observation | None, run: RunRecord | None, *, formula: bool) -> str:
    if formula:
        return "首次计算" if before is None else "输入有更新,重新计算"
    if run is not None:
        return _CAUSES.get(run.cause, run.cause)
    return "首次入库" if before is None else "重新报送"


def _who(
    one: Observation,
    run: RunRecord | None,
    steps: Sequence[Step] | None,
    *,
    formula: bool,
    names: Callable[[str], str] | None,
) -> str:
    if run is not None or formula:
        return "系统"
    if names is None:
        return "登录后可见"
    return who_filed(one, steps, names) if steps else one.source
