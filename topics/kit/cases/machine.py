"""What may be done with a case now, by whom, and what the step decides. Pure: time is passed in.

Nothing closes unless somebody other than those who handled it checked it and every 协办 is done.
A step is refused with the steps that are open; it never changes a case by itself: `fold` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from topics.kit.cases.contracts import Case, CaseEvent, CaseState, CaseStep, Report, Task
from topics.kit.cases.fold import said
from topics.kit.cases.report_json import report_json
from topics.kit.cases.transitions import (
    TASK_STEPS,
    TASKS_OPEN,
    TRANSITIONS,
    Post,
    Transition,
    find,
)
from topics.kit.errors import BadCase, CaseStepRefused

S = CaseState
TO_VERIFY = frozenset({"video"})
"""Sources that nobody has looked at: their cases begin as 待核实."""

_LONGEST = timedelta(days=366)
_TASK_WORDS = tuple(word for word, _ in TASK_STEPS.values())


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts. `any_unit`: speaks for every unit (the token of another system, the program)."""

    id: str
    posts: frozenset[Post]
    unit: str | None = None
    any_unit: bool = False


SYSTEM = Person("system", frozenset(Post) - {Post.CHECKER}, any_unit=True)


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants done. `word` is a state or a step of the table."""

    word: str
    note: str = ""
    unit: str | None = None
    support: tuple[str, ...] = ()
    until: datetime | None = None
    into: str | None = None
    region: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due; without a moment, `note` says why there is none."""

    at: datetime | None
    note: str = ""


class Clocks(Protocol):
    """Answers when something is due; see topics.kit.cases.limits."""

    def stage(self, name: str, start: datetime) -> Due:
        """The end of a stage of the desk (立案, 派遣, 核查, 协调, 核实) begun at `start`."""

    def limit(self, report: Report) -> str:
        """How long handling may take, as a clerk reads it: "4 工作时"; "" where none is set."""

    def handling(
        self, limit: str, start: datetime, pauses: Iterable[tuple[datetime, datetime | None]]
    ) -> Due:
        """The end of handling begun at `start` with these pauses."""


class Lands(Protocol):
    """Answers which region is above or below another; see topics.kit.regions."""

    def above(self, region: str) -> str | None:
        """The region above; None for the city."""

    def below(self, region: str) -> Sequence[str]:
        """The regions right below."""


@dataclass(frozen=True, slots=True)
class Option:
    """One step as a page offers it; `why` says why this person may not take it now."""

    word: str
    label: str
    needs: tuple[str, ...] = ()
    why: str = ""


def begin(case: str, number: str, report: Report, clocks: Clocks, now: datetime) -> CaseEvent:
    """The first step of a case."""
    unsure = report.source in TO_VERIFY or report.data.get("doubt")
    state = S.TO_VERIFY if unsure else S.REPORTED
    due = clocks.stage("核实" if state is S.TO_VERIFY else "立案", now)
    data = {"to": state.value, "number": number, "report": report_json(report), **_due(due)}
    if report.data.get("photos"):
        data["photos"] = list(report.data["photos"])
    return CaseEvent(case, CaseStep.MOVED, now, report.reporter, data=data)


def options(case: Case, person: Person, now: datetime) -> tuple[Option, ...]:
    """Every step that starts where the case stands; those without a `why` may be taken."""
    found = []
    task = _own_task(case, person, None)
    if task is not None:
        word, _ = TASK_STEPS[task.state]
        needs = ("note",) if word == "反馈" else ()
        found.append(Option(word, f"协办{word}", needs))
    for one in TRANSITIONS:
        if case.state not in one.sources or not one.offered or not _concerns(case, one):
            continue
        if task is not None and one.word in _TASK_WORDS:
            continue
        found.append(Option(one.word, one.label, one.needs, refusal(case, one, person, now)))
    return tuple(found)


def open_words(case: Case, person: Person, now: datetime) -> list[str]:
    """The words of the steps that the person may take now."""
    return [one.word for one in options(case, person, now) if not one.why]


def refusal(case: Case, step: Transition, person: Person, now: datetime) -> str:
    """Why the person may not take the step now; "" when they may."""
    held = person.posts & step.posts
    if not held:
        who = "、".join(sorted(one.value for one in step.posts))
        return f"{step.label}由{who}进行"
    if held == {Post.HANDLER} and not (person.any_unit or person.unit == case.unit):
        return f"{step.label}由主办单位进行"
    if step.target is S.VOID and any(one.state is not S.DISPATCHED for one in case.tasks):
        return "已有单位签收,不能撤销派单;请与该单位联系,由它退回"
    checking = case.state in (S.ANSWERED, S.CHECKING) and Post.CHECKER in step.posts
    if checking and step.step in (CaseStep.MOVED, CaseStep.RETURNED) and person.id in case.handlers:
        return "处置过这个事件的人不能核查它;请由另一人核查"
    if step.target is S.CLOSED:
        waiting = [one.unit for one in case.tasks if not one.done]
        if waiting:
            return f"还有 {len(waiting)} 个协办单位没有反馈;都反馈后才能结案"
    if step.step is CaseStep.EXTENSION_ASKED and case.due is not None and case.due < now:
        return "已经超期,不能再申请延期"
    return ""


def advance(
    case: Case, order: Order, person: Person, clocks: Clocks, lands: Lands, now: datetime
) -> CaseEvent:
    """The step that the order asks for, with what it decides in its data.

    Raises CaseStepRefused, naming the open steps, and BadCase for what the step lacks.
    """
    task = _own_task(case, person, order.unit)
    if task is not None and order.word in _TASK_WORDS:
        return _task_step(case, task, order, person, now)
    step = find(case.state, order.word)
    if step is None or not _concerns(case, step):
        raise _refused(case, person, now, f"“{case.state}”的事件现在不能“{order.word[:20]}”")
    why = refusal(case, step, person, now)
    if why:
        raise _refused(case, person, now, why)
    _check(case, step, order, lands, now)
    data = {**order.data, **_decided(case, step, order, clocks, lands, now)}
    return CaseEvent(case.id, step.step, now, person.id, order.note.strip(), data)


def _task_step(case: Case, task: Task, order: Order, person: Person, now: datetime) -> CaseEvent:
    word, state = TASK_STEPS[task.state]
    if order.word != word:
        raise _refused(case, person, now, f"协办任务现在应先“{word}”")
    if word == "反馈" and not order.note.strip():
        raise BadCase("反馈要写明处置结果(note)", problem=_wants("note"))
    data = {**order.data, "unit": task.unit, "to": state.value}
    return CaseEvent(case.id, CaseStep.TASK_MOVED, now, person.id, order.note.strip(), data)


def _own_task(case: Case, person: Person, named: str | None) -> Task | None:
    """The open 协办 task that the person speaks for."""
    if case.state not in TASKS_OPEN or Post.HANDLER not in person.posts:
        return None
    unit = named if person.any_unit else person.unit
    mine = (one for one in case.tasks if one.unit == unit and not one.lead)
    return next((one for one in mine if one.state in TASK_STEPS), None)


def _concerns(case: Case, step: Transition) -> bool:
    """Whether the step makes sense for the case at all: nobody grants what nobody asked."""
    if step.step in (CaseStep.EXTENDED, CaseStep.EXTENSION_REFUSED):
        return case.asked is not None
    if step.step is CaseStep.EXTENSION_ASKED:
        return case.asked is None
    return True


def _check(case: Case, step: Transition, order: Order, lands: Lands, now: datetime) -> None:
    given = {
        "note": order.note.strip(),
        "unit": order.unit,
        "until": order.until,
        "into": order.into,
        "region": order.region,
    }
    lacking = [one for one in step.needs if not given[one]]
    if lacking:
        said_as = "、".join(f"{_NAMES[one]}({one})" for one in lacking)
        raise BadCase(f"{step.label}要写明{said_as}", problem=_wants(*lacking))
    if "until" in step.needs and not (now < (order.until or now) <= now + _LONGEST):
        why = "截止时间应晚于现在且在一年之内;请改正"
        errors = [{"item": "until", "problem": why}]
        raise BadCase(why, problem={**_wants("until"), "errors": errors})
    if step.target is S.DISPATCHED and order.unit in order.support:
        raise BadCase("主办单位不能同时是协办单位;请去掉一个", problem=_wants("support"))
    if step.step is CaseStep.MERGED and order.into in (case.id, case.number):
        raise BadCase("不能并入自己;请选另一个事件", problem=_wants("into"))
    if step.step is CaseStep.RAISED and lands.above(case.holder) is None:
        raise BadCase("已在最高一级,不能再上报上级;职责不清请提交协调")
    if step.step is CaseStep.LOWERED and order.region not in lands.below(case.holder):
        raise BadCase(
            f"{order.region} 不是 {case.holder} 的下一级;请选直接下级", problem=_wants("region")
        )


_NAMES = {
    "note": "说明",
    "unit": "单位",
    "until": "截止时间",
    "into": "并入的事件",
    "region": "区划",
}


def _decided(
    case: Case, step: Transition, order: Order, clocks: Clocks, lands: Lands, now: datetime
) -> dict[str, Any]:
    """What the step's data say beside the order's own words."""
    match step.step:
        case CaseStep.EXTENSION_ASKED:
            return {"until": said(order.until)}
        case CaseStep.EXTENDED:
            assert case.asked is not None
            pauses = (*case.pauses, (case.asked[0], case.asked[1]))
            return _due(clocks.handling(case.limit, _start(case), pauses))
        case CaseStep.RAISED:
            return {"to": lands.above(case.holder), "from": case.holder}
        case CaseStep.LOWERED:
            return {"to": order.region, "from": case.holder}
        case CaseStep.MERGED:
            return {"into": order.into}
        case CaseStep.MOVED | CaseStep.RETURNED | CaseStep.REOPENED:
            return _moving(case, step, order, clocks, now)
    return {}


def _moving(
    case: Case, step: Transition, order: Order, clocks: Clocks, now: datetime
) -> dict[str, Any]:
    to = step.target or case.suspended_from
    assert to is not None
    if step.step is CaseStep.RETURNED and to is S.FILED and case.returns:
        to = S.COORDINATING  # two units would not take it: whose duty it is, is not clear
    data: dict[str, Any] = {"to": to.value, "from": case.state.value}
    if to is S.DISPATCHED and step.target is S.DISPATCHED:
        limit = clocks.limit(case.report)
        support = list(dict.fromkeys(order.support))
        data |= {"unit": order.unit, "support": support, "limit": limit}
        return data | _due(clocks.handling(limit, now, ()))
    if to is S.SUSPENDED:
        return data | {"until": said(order.until), **_due(Due(None, "挂账,停表"))}
    if case.state in (S.SUSPENDED, S.CHECKING) and to in (S.DISPATCHED, S.SIGNED, S.HANDLING):
        pauses = tuple((begun, end or now) for begun, end in case.pauses)
        return data | _due(clocks.handling(case.limit, _start(case), pauses))
    return data | _due(_next_due(case, to, clocks, now))


_STARTS = {S.FILED: "派遣", S.COORDINATING: "协调", S.ANSWERED: "核查", S.TO_VERIFY: "核实"}


def _next_due(case: Case, to: CaseState, clocks: Clocks, now: datetime) -> Due:
    if to in _STARTS:
        return clocks.stage(_STARTS[to], now)
    if to is S.REPORTED:
        return clocks.stage("立案", now)
    if to in (S.CLOSED, S.VOID):
        return Due(None)
    return Due(case.due, case.due_note)


def _start(case: Case) -> datetime:
    assert case.dispatched_at is not None
    return case.dispatched_at


def _due(due: Due) -> dict[str, Any]:
    return {"due": said(due.at), "due_note": due.note}


def _wants(*items: str) -> dict[str, Any]:
    return {"needs": list(items)}


def _refused(case: Case, person: Person, now: datetime, why: str) -> CaseStepRefused:
    words = open_words(case, person, now)
    can = "、".join(words) or "无"
    return CaseStepRefused(
        f"{why};您现在可以:{can}",
        problem={"allowed": words, "state": case.state.value, "version": case.version},
    )
