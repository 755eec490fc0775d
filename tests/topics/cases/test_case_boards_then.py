"""Funnels and boards of past moments are what the steps of each case say, one by one.

Random cases go random ways (returns, reworks, reopening, merging, drills among them); then moments
and periods are asked that fall between, on and beside the steps.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import pytest
import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from tests.topics.cases.case_desk import (
    DUTY,
    HANDLER,
    LEADER,
    OTHER_DUTY,
    at,
    report,
)
from tests.topics.cases.stored_desk import stored_desk
from topics.kit.cases.contracts import ENDED, Case, CaseEvent, CaseState, Stage
from topics.kit.cases.fold import fold
from topics.kit.cases.lines import CaseQuery, Sight, line_of
from topics.kit.cases.machine import Order
from topics.kit.cases.service import Cases
from topics.kit.errors import TopicError
from topics.kit.stores.postgres_case_map import Window

S = CaseState
BEGIN, LAST = at("20 09:00"), at("26 12:00")
BOTH = Sight(("城市管理", "综治"))
WORDS = (
    "受理", "立案", "派遣", "签收", "处置", "反馈", "核查", "结案",
    "退回", "作废", "挂账", "恢复", "协调", "重开", "待核实", "上报", "备注",
)  # fmt: skip
ENTRIES = {
    Stage.REPORTED: S.REPORTED,
    Stage.FILED: S.FILED,
    Stage.DISPATCHED: S.DISPATCHED,
    Stage.HANDLED: S.ANSWERED,
    Stage.CHECKED: S.CHECKING,
    Stage.CLOSED: S.CLOSED,
}


ON = {
    S.REPORTED: "受理", S.ACCEPTED: "立案", S.FILED: "派遣", S.DISPATCHED: "签收",
    S.SIGNED: "处置", S.HANDLING: "反馈", S.ANSWERED: "核查", S.CHECKING: "结案",
}  # fmt: skip


def _walk(cases: Cases, dice: random.Random, when: datetime) -> str:
    region = dice.choice(("440203001", "440204", "440205"))
    more: dict[str, Any] = {"drill": dice.random() < 0.1, "region": region}
    if dice.random() < 0.8:
        more |= {"longitude": 113.5 + dice.random() / 5, "latitude": 24.8 + dice.random() / 5}
    reported = when - dice.choice((timedelta(0), timedelta(0), timedelta(hours=30)))
    made = cases.report(report(at=reported, **more), now=when).case
    case, state = made.id, made.state
    for _ in range(dice.randrange(40)):
        when += timedelta(minutes=dice.choice((1, 7, 40, 300)))
        if when > LAST:
            break
        word = ON.get(state, "") if dice.random() < 0.7 else dice.choice(WORDS)
        who = HANDLER if word in ("签收", "处置", "反馈") else dice.choice((DUTY, OTHER_DUTY))
        order: dict[str, Any] = {"note": "x"}
        if word == "派遣":
            order["unit"] = "cgj"
            if dice.random() < 0.5:
                limits = {"zjj": dice.choice(("1 小时", "30 小时"))}
                order |= {"support": ("zjj",), "limits": limits}
            order["respond"] = dice.choice(("", "", "2 小时"))
        if word == "挂账":
            order["until"] = when + timedelta(days=1)
        try:
            state = cases.move(case, Order(word, confirmed=True, **order), who, now=when).state
        except TopicError:
            when -= timedelta(minutes=1)  # what the desk refuses leaves no step
    return case


@pytest.fixture(scope="module", params=range(2))
def city(request: pytest.FixtureRequest, module_database_url: str) -> Iterator[Cases]:
    engine = connect(module_database_url)
    cases = stored_desk(engine, emptied=True)
    dice = random.Random(request.param)
    for _ in range(60):
        _walk(cases, dice, BEGIN + timedelta(minutes=dice.randrange(6 * 24 * 60)))
    yield cases
    engine.dispose()


@pytest.fixture(scope="module")
def logs(city: Cases) -> list[list[CaseEvent]]:
    with city.store.writing() as connection:
        ids = connection.execute(sa.text("SELECT id FROM case_file")).scalars().all()
    return list(city.store.events_of(ids).values())


def _moments(logs: list[list[CaseEvent]], many: int) -> list[datetime]:
    """On steps, just before them, and anywhere."""
    dice = random.Random(7)
    steps = [one.at for log in logs for one in log]
    on = dice.sample(steps, many)
    before = [one - timedelta(microseconds=1) for one in dice.sample(steps, many)]
    return [BEGIN, LAST, *on, *before]


def _known(log: list[CaseEvent], moment: datetime) -> Case | None:
    return fold([one for one in log if one.at <= moment])


def _entries(log: list[CaseEvent]) -> Iterator[tuple[datetime, CaseState, float | None, bool]]:
    """When the case came into which state, how long it had been where it was, and 退回 or not.

    It came to 上报 when it was reported, which may be long before the step that takes it in.
    """
    before: Case | None = None
    for n, one in enumerate(log):
        after = fold(log[: n + 1])
        assert after is not None
        if before is None or before.state is not after.state:
            took = None if before is None else (one.at - before.since).total_seconds()
            when = after.report.at if before is None else one.at
            yield when, after.state, took, one.step.value == "退回"
        before = after


def test_the_random_city_has_what_funnels_stumble_over(logs: list[list[CaseEvent]]) -> None:
    """Else the tests below would say nothing: some came twice into a state, some were reopened."""
    again = [log for log in logs if max(Counter(e[1] for e in _entries(log)).values()) > 1]
    ended = [log for log in logs if (case := fold(log)) and not case.open]
    assert again
    assert ended
    assert len(ended) < len(logs)


def _came(
    logs: list[list[CaseEvent]], since: datetime, until: datetime
) -> tuple[dict[CaseState, set[str]], dict[CaseState, list[float]], int]:
    """Who came into each state, how long they had waited, how often anything was sent back."""
    came: dict[CaseState, set[str]] = {}
    waited: dict[CaseState, list[float]] = {}
    returned = 0
    for log in logs:
        for when, state, took, back in _entries(log):
            if since <= when < until and log[0].at < until:
                came.setdefault(state, set()).add(log[0].case)
                returned += back
                waited.setdefault(state, []).extend([] if took is None else [took])
    return came, waited, returned


def test_a_funnel_is_the_count_of_the_steps_one_by_one(
    city: Cases, logs: list[list[CaseEvent]]
) -> None:
    real = [log for log in logs if (case := fold(log)) and not case.report.drill]
    moments = _moments(logs, 6)
    spans = [(since, until) for since in moments for until in moments[::3] if since < until]
    for since, until in spans:
        found = city.funnel(BOTH, since, until)
        came, waited, returned = _came(real, since, until)
        for one in found.stages:
            state = ENTRIES[one.stage]
            extra = came.get(S.TO_VERIFY, set()) if one.stage is Stage.REPORTED else set()
            assert one.count == len(came.get(state, ())) + len(extra)
            times = waited.get(state, []) if one.stage is not Stage.REPORTED else []
            assert one.median_s == (pytest.approx(median(times)) if times else None)
        assert found.returned == returned
        still = [one for log in real if (one := _known(log, until)) and one.open]
        assert found.open == len(still)
        assert found.overdue == sum(line_of(one, until).overdue(until) for one in still)


@pytest.mark.parametrize("region", ["", "440203"])
@pytest.mark.parametrize("order", ["due", "new"])
@pytest.mark.parametrize("wants", [None, True, False])
def test_a_board_of_the_past_is_the_fold_of_every_case(
    city: Cases, logs: list[list[CaseEvent]], region: str, order: str, wants: bool | None
) -> None:
    for moment in _moments(logs, 4):
        then = [(log, _known(log, moment)) for log in logs]
        lines = [line_of(case, log[0].at) for log, case in then if case is not None]
        lines = [one for one in lines if one.region.startswith(region)]
        states = Counter(CaseState(one.state) for one in lines)
        fitting = [one for one in lines if wants in (None, one.open)]
        got, after = [], None
        while True:
            board = city.board(
                CaseQuery(BOTH, region=region, order=order, open=wants, limit=7, after=after),
                now=LAST,
                as_of=moment,
            )
            got += board.lines
            after = board.after
            if after is None:
                break
        assert {one.id for one in got} == {one.id for one in fitting}
        assert got == _ordered(fitting, order)
        assert board.total == len(fitting)
        open_ones = {state: count for state, count in states.items() if state not in ENDED}
        assert {s: n for s, n in board.states.items() if s not in ENDED} == open_ones
        if wants is not True:
            assert dict(board.states) == dict(states)
        if wants is not False:
            assert board.overdue == sum(one.overdue(moment) for one in lines)


@pytest.mark.parametrize("cell", [0.0, 0.02, 5.0])
@pytest.mark.parametrize("wants", [None, True, False])
def test_a_map_of_the_past_is_the_fold_of_every_case(
    city: Cases, logs: list[list[CaseEvent]], cell: float, wants: bool | None
) -> None:
    for moment in _moments(logs, 4):
        then = [(log, _known(log, moment)) for log in logs]
        lines = [line_of(case, log[0].at) for log, case in then if case is not None]
        fitting = [one for one in lines if wants in (None, one.open)]
        placed = {one.id: one for one in fitting if one.longitude is not None}
        window = Window(113.0, 24.0, 115.0, 26.0, cell)
        found = city.on_map(CaseQuery(BOTH, open=wants), LAST, window, as_of=moment)
        assert (found.placed, found.unplaced) == (len(placed), len(fitting) - len(placed))
        assert found.cut == 0
        counted = len(found.points) + sum(one.count for one in found.cells)
        assert counted == len(placed)
        for one in found.points:
            line = placed[one.id]
            assert (one.state, one.ended) == (line.state, not line.open)
            assert line.open is False or one.due == line.due
        late = {one.id for one in placed.values() if one.open and one.due and one.due < moment}
        assert late <= {one.id for one in found.points}
        if not cell:
            assert found.cells == ()


def test_a_map_of_the_past_counts_what_lies_outside_the_window_and_draws_none_of_it(
    city: Cases,
) -> None:
    found = city.on_map(CaseQuery(BOTH), LAST, Window(0, 0, 1, 1, 0.1), as_of=LAST)
    assert (found.points, found.cells) == ((), ())
    assert found.placed > 0


def _ordered(lines: list[Any], order: str) -> list[Any]:
    newest = sorted(lines, key=lambda one: (one.reported_at, one.id), reverse=True)
    if order == "new":
        return newest
    far = datetime.max.replace(tzinfo=LAST.tzinfo)
    opened = sorted((one for one in lines if one.open), key=lambda one: (one.due or far, one.id))
    return opened + [one for one in newest if not one.open]


@pytest.mark.parametrize("handler", [HANDLER.id, DUTY.id, "nobody"])
@pytest.mark.parametrize("wants", [None, True, False])
def test_mine_of_the_past_are_those_that_the_fold_says_i_had_handled(
    city: Cases, logs: list[list[CaseEvent]], handler: str, wants: bool | None
) -> None:
    for moment in _moments(logs, 4):
        then = [(log, _known(log, moment)) for log in logs]
        lines = [line_of(case, log[0].at) for log, case in then if case is not None]
        mine = {one.id for one in lines if handler in one.handlers and wants in (None, one.open)}
        asked = CaseQuery(BOTH, handler=handler, open=wants, limit=100)
        board = city.board(asked, now=LAST, as_of=moment)
        assert {one.id for one in board.lines} == mine
        assert board.total == len(mine)
        drawn = city.on_map(asked, LAST, Window(-180.0, -90.0, 180.0, 90.0, 5.0), as_of=moment)
        assert drawn.placed + drawn.unplaced == len(mine)


def test_cases_of_a_directive_are_those_that_stood_under_it_then(city: Cases) -> None:
    made = city.report(report(at=LAST), now=LAST).case.id
    said = []
    for n, name in enumerate(("d1", "d2")):
        when = LAST + timedelta(minutes=n + 1)
        order = Order("督办", note="快办", data={"directive": name})
        city.move(made, order, LEADER, now=when)
        said.append(when)

    def under(name: str, moment: datetime) -> list[str]:
        now = LAST + timedelta(hours=1)
        found = city.board(CaseQuery(BOTH, directive=name), now=now, as_of=moment)
        return [one.id for one in found.lines]

    before = said[0] - timedelta(microseconds=1)
    assert (under("d1", before), under("d1", said[0]), under("d1", said[1])) == ([], [made], [])
    assert (under("d2", said[0]), under("d2", said[1])) == ([], [made])
