"""The service on a real database: one case a reference, one of two at once, boards of the past."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from tests.topics.cases.case_desk import (
    CLOCKS,
    DUTY,
    HANDLER,
    OTHER_DUTY,
    at,
    report,
)
from tests.topics.cases.stored_desk import stored_desk
from topics.kit.cases.contracts import CaseState, CategoryKey, Stage
from topics.kit.cases.lines import CaseQuery, Sight
from topics.kit.cases.machine import Order, begin
from topics.kit.cases.service import Cases
from topics.kit.errors import (
    BadCase,
    CaseMoved,
    CaseStepRefused,
    UnknownCase,
    UnknownCategory,
    UnknownRegion,
)
from topics.kit.stores import postgres_case_lists
from topics.kit.stores.postgres_cases import written

S = CaseState
ROOT = Path(__file__).resolve().parents[3]
ALL = Sight(("城市管理", "综治"))
CITY = Sight(("城市管理",))


@pytest.fixture(scope="module")
def engine(module_database_url: str) -> Iterator[sa.Engine]:
    made = connect(module_database_url)
    yield made
    made.dispose()


@pytest.fixture
def cases(engine: sa.Engine) -> Cases:
    return stored_desk(engine, emptied=True)


def new(cases: Cases, when: str = "26 09:00", **more: Any) -> str:
    now = at(when)
    return cases.report(report(**({"at": now} | more)), now=now).case.id


def move(cases: Cases, case: str, word: str, when: str, person: Any = DUTY, **more: Any) -> str:
    order = Order(word, **({"confirmed": True} | more))
    return cases.move(case, order, person, now=at(when)).state.value


def handled(cases: Cases, start: str = "09:00", **more: Any) -> str:
    case = new(cases, f"26 {start}", **more)
    for word, when in (("受理", "26 09:05"), ("立案", "26 09:06")):
        move(cases, case, word, when)
    move(cases, case, "派遣", "26 09:10", unit="cgj", support=("zjj",))
    return case


def test_a_case_is_numbered_by_its_day_in_shanghai(cases: Cases) -> None:
    first = cases.report(report(at=at("26 00:10")), now=at("26 00:10")).case
    second = cases.report(report(), now=at("26 23:50")).case
    next_day = cases.report(report(at=at("27 00:00")), now=at("27 00:10")).case
    numbers = [one.number for one in (first, second, next_day)]
    assert numbers == ["2026-1126-0001", "2026-1126-0002", "2026-1127-0001"]
    assert cases.require("2026-1126-0002").id == second.id


def test_one_reference_of_a_source_makes_one_case(cases: Cases) -> None:
    first = cases.report(report(source="hotline", reference="12345-1"), now=at("26 09:00"))
    again = cases.report(report(source="hotline", reference="12345-1"), now=at("26 09:05"))
    other = cases.report(report(source="import", reference="12345-1"), now=at("26 09:06"))
    assert (first.new, again.new, other.new) == (True, False, True)
    assert again.case.id == first.case.id != other.case.id


def test_an_alert_has_one_open_case_and_another_after_it_ended(cases: Cases) -> None:
    alert = report(source="alert", reference="al-1")
    first = cases.report(alert, now=at("26 09:00"))
    assert not cases.report(alert, now=at("26 09:01")).new
    move(cases, first.case.id, "作废", "26 09:02", note="误报")
    second = cases.report(alert, now=at("26 09:03"))
    assert second.new
    assert cases.of_alerts(["al-1"])["al-1"].id == second.case.id
    with pytest.raises(CaseStepRefused, match="已有另一个未结的事件"):
        move(cases, first.case.id, "重开", "26 09:04", note="又报")


def test_of_many_dispatches_of_one_alert_at_once_one_case_comes(cases: Cases) -> None:
    found: list[str] = []
    start = threading.Barrier(6)

    def dispatch() -> None:
        start.wait()
        one = cases.report(report(source="alert", reference="al-2"), now=at("26 09:00"))
        found.append(one.case.id)

    threads = [threading.Thread(target=dispatch) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1


def test_of_two_people_at_once_one_is_told(cases: Cases) -> None:
    case = new(cases)
    told: list[CaseMoved] = []
    done: list[str] = []
    start = threading.Barrier(4)

    def accept() -> None:
        start.wait()
        try:
            cases.move(case, Order("受理"), DUTY, now=at("26 09:05"), version=1)
        except CaseMoved as moved:
            told.append(moved)
        else:
            done.append("受理")

    threads = [threading.Thread(target=accept) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), len(told)) == (1, 3)
    assert told[0].problem["state"] == "受理"
    assert "立案" in told[0].problem["allowed"]
    assert len(cases.events(case)) == 2
    assert cases.store.differing() == []


def test_a_step_on_what_somebody_else_changed_is_refused(cases: Cases) -> None:
    case = new(cases)
    move(cases, case, "受理", "26 09:05")
    with pytest.raises(CaseMoved, match="刚被别人处理过,现在是“受理”"):
        cases.move(case, Order("受理"), OTHER_DUTY, now=at("26 09:06"), version=1)


def test_a_step_that_dies_before_its_end_leaves_nothing(cases: Cases, engine: sa.Engine) -> None:
    case = new(cases)
    with engine.connect() as transaction:
        cases.move(case, Order("受理"), DUTY, now=at("26 09:05"), connection=transaction)
        transaction.rollback()  # what the server does when the process is killed
    assert cases.require(case).state is S.REPORTED
    assert cases.store.differing() == []


def test_the_index_is_rebuilt_from_the_log(cases: Cases, engine: sa.Engine) -> None:
    first, second = handled(cases), new(cases)
    with engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE case_file SET state = '结案' WHERE id = :id"), {"id": first}
        )
        connection.execute(sa.text("DELETE FROM case_file WHERE id = :id"), {"id": second})
    assert set(cases.store.differing()) == {first, second}
    cases.store.differing(repair=True)
    assert cases.store.differing() == []
    assert cases.store.lines([first])[0].state == "派遣"


@pytest.mark.parametrize(
    ("more", "error", "said"),
    [
        ({"category": CategoryKey("城市管理", "事项", "99001")}, UnknownCategory, "没有大类 99"),
        ({"category": CategoryKey("市容", "事项", "06010")}, UnknownCategory, "没有分类方案"),
        ({"region": "440299"}, UnknownRegion, "没有区划代码"),
        ({"at": at("26 09:30")}, BadCase, "上报时间在将来"),
        ({"at": at("26 09:00") - timedelta(days=2000)}, BadCase, "五年以前"),
        ({"text": " "}, BadCase, "没有写明情况"),
        ({"text": "长" * 4001}, BadCase, "最多 4000 字"),
        ({"source": "fax"}, BadCase, "来源 'fax' 不认识"),
        ({"longitude": 113.6}, BadCase, "要么都写"),
        ({"longitude": 200.0, "latitude": 24.8}, BadCase, "不在地球上"),
        ({"longitude": float("nan"), "latitude": 24.8}, BadCase, "不在地球上"),
    ],
)
def test_a_report_that_cannot_be_is_refused_with_the_fix(
    cases: Cases, more: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        cases.report(report(**more), now=at("26 09:00"))
    assert cases.board(CaseQuery(ALL), now=at("26 10:00")).total == 0


def test_an_unknown_case_is_said_to_be_unknown(cases: Cases) -> None:
    for name in ("nichts", "2026-1126-9999", "\x00"):
        with pytest.raises(UnknownCase):
            cases.require(name)


def test_a_board_of_the_past_shows_what_stood_then(cases: Cases) -> None:
    case, later = handled(cases), new(cases, "26 10:00")
    move(cases, case, "签收", "26 11:00", HANDLER)

    def states(when: str, **more: Any) -> dict[str, str]:
        board = cases.board(CaseQuery(ALL, **more), now=at("26 12:00"), as_of=at(when))
        return {one.id: one.state for one in board.lines}

    assert states("26 08:59") == {}
    assert states("26 09:05") == {case: "受理"}
    assert states("26 10:30") == {case: "派遣", later: "上报"}
    assert states("26 11:00") == {case: "签收", later: "上报"}
    assert states("26 10:30", unit="zjj") == {case: "派遣"}
    assert states("26 10:31", overdue=True) == {later: "上报"}
    now = cases.board(CaseQuery(ALL), now=at("26 12:00"))
    assert {one.id: one.state for one in now.lines} == states("26 12:00")
    assert now.lines == cases.board(CaseQuery(ALL), now=at("26 12:00"), as_of=at("26 12:00")).lines


def test_a_list_is_ordered_by_due_with_the_ended_last_and_pages_without_loss(cases: Cases) -> None:
    made = [new(cases, f"26 09:{minute:02d}") for minute in range(7)]
    for case in made[:3]:
        move(cases, case, "作废", "26 09:30", note="x")
    query, seen = CaseQuery(ALL, limit=2), []
    while True:
        board = cases.board(query, now=at("26 10:00"))
        seen += [one.id for one in board.lines]
        assert board.total == 7
        if board.after is None:
            break
        query = replace(query, after=board.after)
    assert seen == [*made[3:], *reversed(made[:3])]
    newest = cases.board(CaseQuery(ALL, order="new", limit=50), now=at("26 10:00"))
    assert [one.id for one in newest.lines] == list(reversed(made))


def test_ended_cases_are_found_by_what_they_say_and_by_their_number(cases: Cases) -> None:
    ended = new(cases, "26 09:00", text="井盖破损,影响通行", place="建国路 8 号")
    other = new(cases, "26 09:01", text="路灯不亮", place="解放路 12 号")
    for case in (ended, other):
        move(cases, case, "作废", "26 09:30", note="x")
    open_one = new(cases, "26 09:02", text="井盖丢失")

    def found(text: str, **more: Any) -> set[str]:
        for order in ("due", "new"):
            board = cases.board(CaseQuery(ALL, text=text, order=order, **more), now=at("26 10:00"))
            assert board.total == len(board.lines)
        return {one.id for one in board.lines}

    assert found("井盖") == {ended, open_one}
    assert found("井盖", open=False) == {ended}
    assert found("影响通行") == found("路 8") == {ended}
    assert found("灯") == found("解放路 12 号") == {other}
    assert found("盖") == found("井") == {ended, open_one}
    assert found("3") == {open_one}  # the tail of its number
    assert found("1") == {ended, other}  # the tail of a number, a sign of a place
    assert found("龘") == set()
    assert found("2026-1126") == {ended, other, open_one}
    assert found("2026-1126-0002") == found("-0002") == found("26-0002") == {other}
    assert found("损影") == found("号路") == found("2026-1127") == set()


def test_a_short_text_finds_the_same_pages_met_among_the_newest_or_looked_up(
    cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ("树", "井盖", "井盖井盖")
    made = [new(cases, f"26 09:{minute:02d}", text=said[minute % 3]) for minute in range(12)]
    for case in made[:9]:
        move(cases, case, "作废", "26 09:30", note="x")

    def pages(text: str, order: str) -> list[list[str]]:
        found, query = [], CaseQuery(ALL, text=text, order=order, limit=2)
        while True:
            board = cases.board(query, now=at("26 10:00"))
            found.append([one.id for one in board.lines])
            if board.after is None:
                return found
            query = replace(query, after=board.after)

    asked = [(text, order) for text in ("1", "井", "盖井", "06") for order in ("due", "new")]
    looked_up = [pages(*one) for one in asked]
    assert [id for page in looked_up[2] for id in page] == [
        *made[10:],
        *(made[n] for n in (8, 7, 5, 4, 2, 1)),
    ]
    for walked in (1, 3, 100):  # too few for a page, enough for some, all there are
        monkeypatch.setattr(postgres_case_lists, "_SOME", 0.0)
        monkeypatch.setattr(postgres_case_lists, "_WALKED", walked)
        assert [pages(*one) for one in asked] == looked_up


def test_a_case_belongs_to_whoever_handled_it_while_open_and_after(cases: Cases) -> None:
    first, second, untouched = (new(cases, f"26 09:0{minute}") for minute in range(3))
    for case in (first, second):
        for word, when in (("受理", "26 09:05"), ("立案", "26 09:06")):
            move(cases, case, word, when)
        move(cases, case, "派遣", "26 09:10", unit="cgj")
        for word, when in (("签收", "26 09:30"), ("处置", "26 09:40"), ("反馈", "26 10:30")):
            move(cases, case, word, when, HANDLER, note="好")
    for word, when in (("核查", "26 10:40"), ("结案", "26 10:50")):
        move(cases, second, word, when)

    def found(who: str, **more: Any) -> set[str]:
        for order in ("due", "new"):
            board = cases.board(
                CaseQuery(ALL, handler=who, order=order, **more), now=at("26 12:00")
            )
            assert board.total == len(board.lines)
        return {one.id for one in board.lines}

    assert found(HANDLER.id) == {first, second}
    assert found(HANDLER.id, open=True) == {first}
    assert found(HANDLER.id, open=False) == {second}
    assert found("nobody") == set()
    assert untouched not in found(HANDLER.id)


def test_filters_narrow_the_list_and_its_counts(cases: Cases) -> None:
    mine = handled(cases, place="建国路 8 号")
    other = new(cases, region="440204", source="hotline")
    social = CategoryKey("综治", "综治", "01002")
    secret = new(cases, category=social)

    def found(**more: Any) -> set[str]:
        sight = more.pop("sight", ALL)
        board = cases.board(CaseQuery(sight, **more), now=at("26 10:00"))
        assert board.total == len(board.lines)
        return {one.id for one in board.lines}

    assert found() == {mine, other, secret}
    assert found(sight=CITY) == {mine, other}
    assert found(sight=Sight(demo_schemes=("城市管理",))) == set()
    assert found(region="440203") == {mine, secret}
    assert found(unit="cgj") == found(unit="zjj") == {mine}
    assert found(states=(S.DISPATCHED,)) == {mine}
    assert found(scheme="综治") == {secret}
    assert found(code="06") == {mine, other}
    assert found(sources=("hotline",)) == {other}
    assert found(text="建国路") == {mine}
    assert found(text="%") == set()
    assert found(overdue=True) == {other, secret}
    assert found(since=at("27 00:00")) == set()
    assert found(open=False) == set()
    board = cases.board(CaseQuery(ALL), now=at("26 10:00"))
    assert board.states == {S.DISPATCHED: 1, S.REPORTED: 2}
    assert board.stages[Stage.REPORTED] == 2
    assert board.overdue == 2


def test_the_funnel_counts_what_came_into_each_stage(cases: Cases) -> None:
    case = handled(cases)
    new(cases, "26 09:20")
    drill = new(cases, "26 09:21", drill=True)
    move(cases, drill, "受理", "26 09:22")
    for word, when in (("签收", "26 09:30"), ("处置", "26 09:40"), ("反馈", "26 10:30")):
        move(cases, case, word, when, HANDLER, note="好")
    funnel = cases.funnel(ALL, at("26 00:00"), at("26 11:00"))
    assert [one.count for one in funnel.stages] == [2, 1, 1, 1, 0, 0]
    assert [one.median_s for one in funnel.stages[:4]] == [None, 60.0, 240.0, 3000.0]
    assert (funnel.open, funnel.overdue, funnel.answered, funnel.returned) == (2, 1, 1, 0)
    assert cases.funnel(ALL, at("26 00:00"), at("26 09:06")).stages[1].count == 0
    assert cases.funnel(CITY, at("27 00:00"), at("27 11:00")).open == 2
    assert cases.funnel(Sight(), at("26 00:00"), at("26 11:00")).open == 0


def test_duty_is_suggested_with_the_reason_and_unclear_duty_says_so(cases: Cases) -> None:
    clear = cases.suggest(report(category=CategoryKey("城市管理", "事项", "06025")))
    assert (clear.unit, clear.support) == ("swj", ("cgj",))
    assert "06025" in clear.why
    assert "未核实" in clear.why
    unclear = cases.suggest(report(category=CategoryKey("城市管理", "事项", "10001")))
    assert unclear.unit is None
    assert "提交协调" in unclear.why


def test_where_the_program_dispatches_filing_sends_the_case_on(cases: Cases) -> None:
    cases.dispatches = True
    clear = new(cases)
    unclear = new(cases, category=CategoryKey("城市管理", "事项", "10001"))
    for case in (clear, unclear):
        move(cases, case, "受理", "26 09:05")
        move(cases, case, "立案", "26 09:06")
    assert cases.require(clear).unit == "cgj"
    assert cases.require(unclear).state is S.COORDINATING
    assert cases.store.differing() == []


def test_time_ends_a_pause_and_gives_unclear_duty_to_the_place(cases: Cases) -> None:
    held = handled(cases)
    move(cases, held, "挂账", "26 10:00", note="等", until=at("26 15:00"))
    unclear = new(cases)
    for word in ("受理", "立案"):
        move(cases, unclear, word, "26 09:05")
    move(cases, unclear, "协调", "26 09:06", note="职责不清")
    assert cases.settle(at("26 14:59")) == []
    assert {one.id for one in cases.settle(at("27 17:30"))} == {held, unclear}
    assert cases.require(held).state is S.DISPATCHED
    placed = cases.require(unclear)
    assert (placed.state, placed.unit) == (S.DISPATCHED, "region:440203")
    assert "属地兜底" in cases.events(unclear)[-1].note


def test_time_reaches_every_case_however_many_wait(cases: Cases) -> None:
    held = [handled(cases, f"08:{n:02d}") for n in range(7)]
    for case in held:
        move(cases, case, "挂账", "26 10:00", note="等", until=at("26 15:00"))
    waiting = handled(cases, "08:30")
    move(cases, waiting, "挂账", "26 10:00", note="等", until=at("28 15:00"))
    assert {one.id for one in cases.settle(at("26 15:00"), batch=2)} == set(held)
    assert cases.settle(at("26 15:01"), batch=2) == []
    assert cases.require(waiting).state is S.SUSPENDED


def test_one_that_cannot_go_on_keeps_no_other_from_it(cases: Cases) -> None:
    stuck, fine = (handled(cases, "08:00"), handled(cases, "08:10"))
    for case in (stuck, fine):
        move(cases, case, "挂账", "26 10:00", note="等", until=at("26 15:00"))
    with cases.store.writing() as connection:
        connection.execute(  # as if somebody were at it at this very moment
            sa.text("UPDATE case_file SET version = 99 WHERE id = :id"), {"id": stuck}
        )
    assert [one.id for one in cases.settle(at("26 15:00"), batch=1)] == [fine]


def test_a_row_with_supports_is_read_as_it_was_written(cases: Cases) -> None:
    alone = new(cases)
    assert cases.store.lines([alone])[0].support_done == ()
    again = new(cases)
    for word in ("受理", "立案"):
        move(cases, again, word, "26 11:05")
    move(cases, again, "派遣", "26 11:06", unit="cgj", support=("zjj", "jtj"))
    assert cases.store.lines([again])[0].support_done == (None, None)
    assert cases.store.differing() == []


def test_whole_histories_are_stored_as_steps_would_be(cases: Cases, engine: sa.Engine) -> None:
    first = written(
        None, begin("x1", "2026-1126-0900", report(text="a\tb\\n"), CLOCKS, at("26 09:00"))
    )
    with engine.begin() as connection:
        assert cases.store.load([[first]], connection) == 1
        assert cases.store.number(date(2026, 11, 26), connection) == 1
    assert cases.require("x1") == first.after
    assert cases.store.differing() == []


def test_a_process_killed_in_the_middle_leaves_log_and_index_equal(
    cases: Cases, module_database_url: str
) -> None:
    command = [sys.executable, "-m", "tests.topics.cases.case_hammer", module_database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as hammer:
        assert hammer.stdout is not None
        told = [hammer.stdout.readline().strip() for _ in range(5)]
        hammer.kill()
    assert {cases.require(one).state for one in told} == {S.FILED}
    assert cases.store.differing() == []
