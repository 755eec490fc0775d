"""What may be done with a case now, by whom, and what the step decides. Pure: time is passed in.

Nothing closes unless somebody other than those who handled it checked it and every 协办 is done.
A step is refused with the steps that are open; it never changes a case by itself: `fold` does.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Any

from topics.kit.cases.contracts import Case, CaseEvent, CaseState, CaseStep, Report, Task
from topics.kit.cases.decisions import asking, decided, due_data
from topics.kit.cases.fold import said
from topics.kit.cases.orders import SYSTEM, Clocks, Due, Lands, Option, Order, Person
from topics.kit.cases.report_json import report_json
from topics.kit.cases.transitions import (
    DESK,
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
_ASK, _MORE_TIME = "申请延期", frozenset({CaseStep.EXTENDED, CaseStep.EXTENSION_REFUSED})


__all__ = [
    "SYSTEM", "Clocks", "Due", "Lands", "Option", "Order", "Person",
    "advance", "begin", "open_words", "options", "refusal",
]  # fmt: skip


def begin(
    case: str, number: str, report: Report, clocks: Clocks, now: datetime, holder: str = ""
) -> CaseEvent:
    """The first step of a case; `holder` has it in hand, where that is not the report's region."""
    unsure = report.source in TO_VERIFY or report.data.get("doubt")
    state = S.TO_VERIFY if unsure else S.REPORTED
    due = clocks.stage("核实" if state is S.TO_VERIFY else "立案", now)
    data = {"to": state.value, "number": number, "report": report_json(report), **due_data(due)}
    if holder and holder != report.region:
        data["holder"] = holder
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
        found.append(Option(word, f"协办{word}", needs, unit=task.unit))
        if _may_ask(task):
            why = _late(task.due, now)
            found.append(Option(_ASK, f"协办{_ASK}", ("note", "until"), why, task.unit))
    for one in TRANSITIONS:
        if case.state not in one.sources or not one.offered or not _concerns(case, one):
            continue
        if task is not None and one.word in (*_TASK_WORDS, _ASK):
            continue
        why, unit = refusal(case, one, person, now), _about(case, one)
        found.append(Option(one.word, one.label, one.needs, why, unit))
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
    if person.away and held & DESK and not _everybody(step) and not _handles(held, person, case):
        return f"事件现在由{person.away}掌握,不归本级{step.label};可以备注、加照片"
    if held == {Post.HANDLER} and not _handles(held, person, case):
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
    if step.step is CaseStep.EXTENSION_ASKED:
        return _late(case.due, now)
    return ""


def _everybody(step: Transition) -> bool:
    return step.step in (CaseStep.COMMENTED, CaseStep.PHOTO_ADDED)


def _handles(held: AbstractSet[Post], person: Person, case: Case) -> bool:
    """Whether the person takes the step for the unit that leads."""
    return Post.HANDLER in held and (person.any_unit or person.unit == case.unit)


def advance(
    case: Case, order: Order, person: Person, clocks: Clocks, lands: Lands, now: datetime
) -> CaseEvent:
    """The step that the order asks for, with what it decides in its data.

    Raises CaseStepRefused, naming the open steps, and BadCase for what the step lacks.
    """
    task = _own_task(case, person, order.unit)
    if task is not None and order.word in _TASK_WORDS:
        return _task_step(case, task, order, person, now)
    if task is not None and order.word == _ASK:
        return _task_asks(case, task, order, person, now)
    step = find(case.state, order.word)
    if step is None or not _concerns(case, step):
        raise _refused(case, person, now, f"“{case.state}”的事件现在不能“{order.word[:20]}”")
    why = refusal(case, step, person, now)
    if why:
        raise _refused(case, person, now, why)
    _check(case, step, order, lands, now)
    data = {
        **order.data,
        **_confirmed(case, step, order, clocks),
        **decided(case, step, order, clocks, lands, now),
    }
    return CaseEvent(case.id, step.step, now, person.id, order.note.strip(), data)


def _confirmed(case: Case, step: Transition, order: Order, clocks: Clocks) -> dict[str, str]:
    """The condition that the person says is met, in its words of that day."""
    wanted = clocks.condition(case.report, step.word)
    if not wanted:
        return {}
    if not order.confirmed:
        raise BadCase(
            f"{step.label}前请确认已符合{step.word}条件:“{wanted}”;确认后带 confirmed: true 再提交",
            problem={**_wants("confirmed"), "condition": wanted},
        )
    return {"confirmed": wanted}


def _task_step(case: Case, task: Task, order: Order, person: Person, now: datetime) -> CaseEvent:
    word, state = TASK_STEPS[task.state]
    if order.word != word:
        raise _refused(case, person, now, f"协办任务现在应先“{word}”")
    if word == "反馈" and not order.note.strip():
        raise BadCase("反馈要写明处置结果(note)", problem=_wants("note"))
    data = {**order.data, "unit": task.unit, "to": state.value}
    return CaseEvent(case.id, CaseStep.TASK_MOVED, now, person.id, order.note.strip(), data)


def _task_asks(case: Case, task: Task, order: Order, person: Person, now: datetime) -> CaseEvent:
    """A 协办 asks for more time for its own part."""
    if not _may_ask(task):
        raise _refused(case, person, now, "协办签收后、反馈前才能申请延期,且不能重复申请")
    if _late(task.due, now):
        raise _refused(case, person, now, _late(task.due, now))
    if not order.note.strip() or order.until is None:
        raise BadCase("申请延期要写明说明(note)、截止时间(until)", problem=_wants("note", "until"))
    _check_until(order.until, now)
    data = {**order.data, "unit": task.unit, "until": said(order.until)}
    return CaseEvent(case.id, CaseStep.EXTENSION_ASKED, now, person.id, order.note.strip(), data)


def _may_ask(task: Task) -> bool:
    return task.asked is None and task.state in (S.SIGNED, S.HANDLING)


def _late(due: datetime | None, now: datetime) -> str:
    return "已经超期,不能再申请延期" if due is not None and due < now else ""


def _about(case: Case, step: Transition) -> str:
    """The 协办 that an answer to 申请延期 is about; "" for the 主办 and other steps."""
    if step.step not in _MORE_TIME:
        return ""
    task = asking(case)
    return "" if task is None else task.unit


def _check_until(until: datetime, now: datetime) -> None:
    if not now < until <= now + _LONGEST:
        why = "截止时间应晚于现在且在一年之内;请改正"
        errors = [{"item": "until", "problem": why}]
        raise BadCase(why, problem={**_wants("until"), "errors": errors})


def _own_task(case: Case, person: Person, named: str | None) -> Task | None:
    """The open 协办 task that the person speaks for."""
    if case.state not in TASKS_OPEN or Post.HANDLER not in person.posts:
        return None
    unit = named if person.any_unit else person.unit
    mine = (one for one in case.tasks if one.unit == unit and not one.lead)
    return next((one for one in mine if one.state in TASK_STEPS), None)


def _concerns(case: Case, step: Transition) -> bool:
    """Whether the step makes sense for the case at all: nobody grants what nobody asked."""
    if step.step in _MORE_TIME:
        return case.asked is not None or any(one.asked is not None for one in case.tasks)
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
    if "until" in step.needs and order.until is not None:
        _check_until(order.until, now)
    if step.target is S.DISPATCHED:
        _check_units(order)
    if step.step is CaseStep.RETURNED and order.support:
        others = {one.unit for one in case.tasks if not one.lead}
        if case.state is not S.CHECKING or not set(order.support) <= others:
            raise BadCase(
                "support 写返工的协办单位,只能是这个事件的协办", problem=_wants("support")
            )
    if step.step is CaseStep.MERGED and order.into in (case.id, case.number):
        raise BadCase("不能并入自己;请选另一个事件", problem=_wants("into"))
    if step.step is CaseStep.RAISED and lands.above(case.holder) is None:
        raise BadCase("已在最高一级,不能再上报上级;职责不清请提交协调")
    if step.step is CaseStep.LOWERED and order.region not in lands.below(case.holder):
        raise BadCase(
            f"{order.region} 不是 {case.holder} 的下一级;请选直接下级", problem=_wants("region")
        )


def _check_units(order: Order) -> None:
    if order.unit in order.support:
        raise BadCase("主办单位不能同时是协办单位;请去掉一个", problem=_wants("support"))
    strangers = set(order.limits) - {order.unit, *order.support}
    if strangers:
        raise BadCase(
            f"limits 里的 {min(strangers)} 既不是主办也不是协办;请去掉", problem=_wants("limits")
        )


_NAMES = {
    "note": "说明",
    "unit": "单位",
    "until": "截止时间",
    "into": "并入的事件",
    "region": "区划",
}


def _wants(*items: str) -> dict[str, Any]:
    return {"needs": list(items)}


def _refused(case: Case, person: Person, now: datetime, why: str) -> CaseStepRefused:
    words = open_words(case, person, now)
    can = "、".join(words) or "无"
    return CaseStepRefused(
        f"{why};您现在可以:{can}",
        problem={"allowed": words, "state": case.state.value, "version": case.version},
    )
