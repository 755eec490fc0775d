"""Whether a formula's value is missing, or whether there was nothing it could be of."""

from __future__ import annotations

from topics.kit.contracts import ValueStatus
from topics.kit.formula.cells import Why
from topics.kit.formula.cubes import STATUSES
from topics.kit.formula.formula import Formula


def status_of(formula: Formula, state: int, why: int) -> ValueStatus:
    """The status of a computed value by its state.

    A share of a known 0 is no gap in the data where the indicator says what that is called
    (`idle`, "无应结事件"): not_monitored, so that nobody is asked for it.
    """
    if why == Why.ZERO and formula.spec.idle:
        return ValueStatus.NOT_MONITORED
    return STATUSES[state]
