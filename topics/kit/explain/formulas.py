"""The formula of a computed value and everything that went into it, as the person may see it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime

from topics.kit.catalogue import Catalogue
from topics.kit.contracts import Observation, Period
from topics.kit.explain.contracts import Formula, FormulaReads, InputNode, Sees
from topics.kit.explain.sentence import value_text
from topics.kit.formula.contracts import Input, Trace
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.regions import RegionTree
from topics.kit.words.values import write_value

DEEPEST = 3  # levels of inputs in one answer; what lies below is one click away
_MOST = 120  # values in one answer


class Inputs:
    """Follows a trace down to what was measured or reported."""

    def __init__(
        self,
        formulas: FormulaReads,
        catalogue: Catalogue,
        regions: RegionTree,
        *,
        sees: Sees,
        as_of: datetime | None,
    ) -> None:
        """Read from `formulas`; a value that `sees` refuses is named without its number."""
        self._formulas = formulas
        self._catalogue = catalogue
        self._regions = regions
        self._sees = sees
        self._as_of = as_of
        self._left = _MOST

    def trace(
        self, spec: IndicatorSpec, region: str, period: Period, one: Observation | None
    ) -> Trace | None:
        """The trace that leads to the stored value `one`; None for an indicator without a formula.

        An input may have changed a moment ago: then the inputs as known at the computation count.
        """
        now = self._formulas.trace(spec.id, region, period, as_of=self._as_of)
        if now is None or one is None or one.recorded_at is None or agree(now.value, one.value):
            return now
        then = self._formulas.trace(spec.id, region, period, as_of=one.recorded_at)
        return then if then is not None and agree(then.value, one.value) else now

    def formula(self, trace: Trace, spec: IndicatorSpec, one: Observation | None) -> Formula:
        """The formula of a trace, with its inputs; without numbers where one is hidden."""
        nodes = tuple(self._nodes(trace, DEEPEST))
        hidden = any(not one.allowed for one in nodes)
        result = value_text(write_value(spec, trace.value))
        return Formula(
            expression="" if hidden else trace.expression,
            words=trace.words,
            numbers="" if hidden else trace.numbers,
            result=result,
            inputs=nodes,
            hidden=hidden,
            basis=tuple(trace.basis),
            pending=one is not None and not agree(trace.value, one.value),
        )

    def _nodes(self, trace: Trace, depth: int) -> Iterator[InputNode]:
        for one in trace.inputs:
            if self._left <= 0:
                return
            self._left -= 1
            yield self._node(one, depth)

    def _node(self, one: Input, depth: int) -> InputNode:
        spec = self._catalogue.find(one.indicator)
        region = self._regions.find(one.region)
        if spec is None or not self._sees(spec, one.period):
            return InputNode(one.role, None, region, one.period, allowed=False)
        below = None
        if one.computed and depth > 1:
            below = self._formulas.trace(one.indicator, one.region, one.period, as_of=self._as_of)
        value = None if one.observation is None else one.observation.value
        return InputNode(
            role=one.role,
            spec=spec,
            region=region,
            period=one.period,
            allowed=True,
            observation=one.observation,
            written=write_value(spec, value),
            trace=below,
            inputs=() if below is None else tuple(self._nodes(below, depth - 1)),
        )


def agree(one: float | None, other: float | None) -> bool:
    """Whether two values are the same but for the order of additions."""
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
