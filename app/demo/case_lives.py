"""The life of one case of the demo city: walked through the real machine, so that nothing in the
demo could not have happened at a desk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from topics.kit.cases.contracts import CaseState, Report
from topics.kit.cases.limits import read_limit
from topics.kit.cases.machine import Order, Person, advance, begin
from topics.kit.cases.routing import TERRITORY
from topics.kit.cases.service import Cases
from topics.kit.cases.transitions import DESK, Post
from topics.kit.errors import UncoveredYear
from topics.kit.schemes import Limit
from topics.kit.stores.postgres_cases import Written, written

INTAKE = Person("demo:intake", DESK)
CHIEF = Person("demo:chief", DESK)
CHECKER = Person("demo:checker", DESK)
_HOURS_OF = {"工作日": 6.5, "自然日": 24.0}
_LATE, _FALSE, _RETURNED, _REWORKED, _SUSPENDED, _EXTENDED = 0.06, 0.05, 0.05, 0.02, 0.02, 0.04


_RECENT, _WAITING = timedelta(days=5), 0.03
"""Of what is recent, some waits for a person at every step."""


class Over(Exception):
    """The next step is still to come."""


def handler(unit: str) -> Person:
    """Somebody who handles for the unit."""
    return Person(f"demo:unit:{unit}", frozenset({Post.HANDLER}), unit=unit)


@dataclass(slots=True)
class Life:
    """Steps of one case up to `now`."""

    cases: Cases
    rng: np.random.Generator
    now: datetime
    at: datetime
    steps: list[Written]

    def step(self, word: str, person: Person, hours: float, **order: object) -> None:
        """One step so many working hours after the last; Over when that is still to come."""
        at = self._later(hours)
        if at > self.now or (self.now - at < _RECENT and self.luck(_WAITING)):
            raise Over
        case, first = self.steps[-1].after, self.steps[0].recorded_at
        wanted = replace(Order(word), **order)  # type: ignore[arg-type]
        event = advance(case, wanted, person, self.cases.clocks, self.cases.lands, at)
        self.steps.append(written(case, event, first))
        self.at = at

    def _later(self, hours: float) -> datetime:
        try:
            found = self.cases.clocks.work.due(self.at, Limit(max(hours, 0.01), "工作时"))
        except UncoveredYear:
            found = None
        # Nobody works to the second: the same hour would look like one machine did it all.
        later = found or self.at + timedelta(hours=hours)
        return later + timedelta(seconds=float(self.rng.uniform(5, 55)))

    def luck(self, share: float) -> bool:
        """Whether something happens that happens in so many cases."""
        return bool(self.rng.random() < share)


def live(
    cases: Cases, report: Report, case: str, number: str, now: datetime, rng: np.random.Generator
) -> list[Written]:
    """The steps of the case from its report until now."""
    first = written(None, begin(case, number, report, cases.clocks, report.at))
    life = Life(cases, rng, now, report.at, [first])
    try:
        _walk(life)
    except Over:
        pass
    return life.steps


def _walk(life: Life) -> None:
    hours = life.rng.uniform
    if life.steps[-1].after.state is CaseState.TO_VERIFY:
        if life.luck(0.3):
            life.step("作废", INTAKE, hours(0.1, 1.5), note="现场核实不属实")
            return
        life.step("上报", INTAKE, hours(0.2, 1.8))
    life.step("受理", INTAKE, hours(0.03, 0.3))
    if life.luck(_FALSE):
        life.step("作废", CHIEF, hours(0.05, 0.2), note="不符合立案条件")
        return
    life.step("立案", CHIEF, hours(0.02, 0.45 if life.luck(0.08) else 0.15), confirmed=True)
    unit = _dispatch(life)
    if life.luck(_RETURNED):
        life.step("退回", handler(unit), hours(0.3, 1.5), note="不属本单位管理范围")
        unit = _dispatch(life)
    _handle(life, unit)
    _check(life, unit)


def _dispatch(life: Life) -> str:
    report, hours = life.steps[-1].after.report, life.rng.uniform
    found = life.cases.suggest(report)
    support = found.support if life.luck(0.4) else ()
    unit = found.unit
    if unit is None:
        if life.steps[-1].after.state is CaseState.FILED:
            life.step("协调", CHIEF, hours(0.1, 0.4), note="责任单位不明确")
        unit = f"{TERRITORY}{report.region[:6]}"
        life.step("派遣", CHIEF, hours(0.5, 5.0), unit=unit, note="按属地派遣")
        return unit
    life.step(
        "派遣", CHIEF, hours(0.03, 0.7 if life.luck(0.1) else 0.3), unit=unit, support=support
    )
    return unit


def _handle(life: Life, unit: str) -> None:
    hours, who = life.rng.uniform, handler(unit)
    limit = read_limit(life.steps[-1].after.limit or "3 工作日")
    whole = limit.amount * _HOURS_OF.get(limit.unit, 1.0)
    share = hours(1.05, 1.7) if life.luck(_LATE) else float(life.rng.beta(2.2, 2.6))
    life.step("签收", who, hours(0.1, 0.9) * min(1.0, whole / 6))
    if life.luck(_SUSPENDED):
        until = life.at + timedelta(days=12)
        life.step("挂账", CHIEF, hours(0.2, 1.0), note="待管线权属确认", until=until)
        life.step("恢复", CHIEF, hours(4.0, 12.0))
    life.step("处置", who, hours(0.05, 0.5) * min(1.0, whole / 6))
    due = life.steps[-1].after.due
    if due is not None and due > life.at + timedelta(days=1) and life.luck(_EXTENDED):
        until = due + timedelta(days=2)
        life.step("申请延期", who, hours(0.1, 0.5), note="需夜间施工", until=until)
        life.step("延期", CHIEF, hours(0.1, 0.5))
    done = max(0.05, whole * share - 0.5)
    for task in life.steps[-1].after.tasks[1:]:
        other = handler(task.unit)
        for word in ("签收", "处置", "反馈"):
            life.step(word, other, done / 8, note="已配合")
        done *= 0.6
    life.step("反馈", who, done, note="已处置,现场恢复")


def _check(life: Life, unit: str) -> None:
    hours = life.rng.uniform
    life.step("核查", CHECKER, hours(0.3, 4.5 if life.luck(0.1) else 3.0))
    if life.luck(_REWORKED):
        life.step("退回", CHECKER, hours(0.2, 0.8), note="现场仍有残留")
        life.step("反馈", handler(unit), hours(0.5, 3.0), note="已再次处置")
        life.step("核查", CHECKER, hours(0.3, 2.0))
    life.step("结案", CHECKER, hours(0.1, 0.5), note="核查通过", confirmed=True)
