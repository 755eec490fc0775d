"""An alert has at most one open case, whatever is done with its cases and whoever races."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from layers.stores.postgres_engine import connect
from tests.topics.cases.case_desk import (
    DUTY,
    HANDLER,
    OTHER_DUTY,
    at,
    report,
)
from tests.topics.cases.stored_desk import stored_desk
from topics.kit.cases.contracts import CaseState
from topics.kit.cases.fold import fold
from topics.kit.cases.machine import Order
from topics.kit.cases.service import Cases
from topics.kit.errors import BadCase, CaseMoved, CaseStepRefused, UnknownCase

S = CaseState
ALERTS = ("a1", "a2")
REFUSED = (BadCase, CaseMoved, CaseStepRefused, UnknownCase)
ON = {
    S.REPORTED: "受理", S.ACCEPTED: "立案", S.FILED: "派遣", S.DISPATCHED: "签收",
    S.SIGNED: "处置", S.HANDLING: "反馈", S.ANSWERED: "核查", S.CHECKING: "结案",
}  # fmt: skip


class Alerts(RuleBasedStateMachine):
    made = Bundle("made")
    cases: Cases
    engine: sa.Engine

    @initialize()
    def nothing_yet(self) -> None:
        self.now = at("02 08:00")
        self.ids: set[str] = set()
        with self.engine.begin() as connection:
            connection.execute(sa.text("TRUNCATE case_event, case_file, case_number"))

    def later(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def send(self, alert: str, now: datetime) -> str:
        given = report(at=now, source="alert", reference=alert)
        case = self.cases.report(given, now=now).case.id
        self.ids.add(case)
        return case

    def move(self, case: str, word: str, now: datetime, who: Any = DUTY, **more: Any) -> None:
        order = Order(word, note="说明", confirmed=True, **more)
        with suppress(*REFUSED):
            self.cases.move(case, order, who, now=now)

    def race(self, *acts: Callable[[], object]) -> None:
        """Everything at once; who is refused has done nothing."""
        begin = threading.Barrier(len(acts))

        def run(act: Callable[[], object]) -> None:
            begin.wait()
            with suppress(*REFUSED):
                act()

        with ThreadPoolExecutor(len(acts)) as pool:
            for one in [pool.submit(run, act) for act in acts]:
                one.result()

    @rule(target=made, alert=st.sampled_from(ALERTS))
    def dispatch(self, alert: str) -> str:
        return self.send(alert, self.later())

    @rule(case=made)
    def undo(self, case: str) -> None:
        self.move(case, "作废", self.later())

    @rule(case=made, steps=st.integers(1, 8))
    def go_on(self, case: str, steps: int) -> None:
        for _ in range(steps):
            word = ON.get(self.cases.require(case).state, "")
            who = HANDLER if word in ("签收", "处置", "反馈") else DUTY
            self.move(case, word, self.later(), who, unit="cgj" if word == "派遣" else None)

    @rule(case=made)
    def reopen(self, case: str) -> None:
        self.move(case, "重开", self.later())

    @rule(case=made, other=made)
    def merge(self, case: str, other: str) -> None:
        self.move(case, "并案", self.later(), into=other)

    @rule(alert=st.sampled_from(ALERTS), many=st.integers(2, 3))
    def several_dispatch_at_once(self, alert: str, many: int) -> None:
        now = self.later()
        self.race(*(lambda: self.send(alert, now) for _ in range(many)))

    @rule(case=made, alert=st.sampled_from(ALERTS))
    def one_reopens_while_another_dispatches(self, case: str, alert: str) -> None:
        now = self.later()
        self.race(
            lambda: self.move(case, "重开", now),
            lambda: self.move(case, "重开", now, OTHER_DUTY),
            lambda: self.send(alert, now),
        )

    @invariant()
    def an_alert_has_at_most_one_open_case(self) -> None:
        if not getattr(self, "ids", None):
            return
        logs = self.cases.store.events_of(self.ids)
        known = [case for one in logs.values() if (case := fold(one)) is not None]
        opened = Counter(one.alert for one in known if one.open)
        assert max(opened.values(), default=0) <= 1
        with self.engine.connect() as connection:
            rows = connection.execute(
                sa.text("SELECT alert FROM case_file WHERE ended_at IS NULL")
            ).scalars()
            assert Counter(rows) == opened

    def teardown(self) -> None:
        assert self.cases.store.differing() == []


@pytest.fixture(scope="module")
def alerts(module_database_url: str) -> Iterator[type[Alerts]]:
    engine = connect(module_database_url)
    made = stored_desk(engine)
    yield type("AlertsHere", (Alerts,), {"cases": made, "engine": engine})
    engine.dispose()


def test_an_alert_never_has_two_open_cases(alerts: type[Alerts]) -> None:
    run_state_machine_as_test(
        alerts, settings=settings(max_examples=12, stateful_step_count=25, deadline=None)
    )


@pytest.mark.parametrize("word", ["作废", "结案"])
def test_a_case_is_not_reopened_while_its_alert_has_another(
    alerts: type[Alerts], word: str
) -> None:
    machine: Any = alerts()
    machine.nothing_yet()
    first = machine.send("a1", machine.later())
    if word == "作废":
        machine.undo(first)
    else:
        machine.go_on(first, 8)
    second = machine.send("a1", machine.later())
    assert second != first
    machine.reopen(first)
    machine.an_alert_has_at_most_one_open_case()
