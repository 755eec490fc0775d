"""How cases are said: what is left, how long a step took, what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from topics.kit.cases.contracts import CaseEvent, CaseState, CaseStep
from topics.kit.cases.routing import TERRITORY
from topics.kit.words.clock import local
from topics.kit.words.lasting import lasting

_STATES: Mapping[CaseState, str] = {
    CaseState.REPORTED: "上报",
    CaseState.TO_VERIFY: "转现场核实",
    CaseState.ACCEPTED: "受理",
    CaseState.FILED: "立案",
    CaseState.COORDINATING: "提交协调",
    CaseState.DISPATCHED: "派遣",
    CaseState.SIGNED: "签收",
    CaseState.HANDLING: "开始处置",
    CaseState.ANSWERED: "反馈结果",
    CaseState.CHECKING: "开始核查",
    CaseState.CLOSED: "结案",
    CaseState.SUSPENDED: "挂账",
    CaseState.VOID: "作废",
}


def due_text(due: datetime | None, now: datetime, note: str = "") -> str:
    """What is left or how late it is: 剩 2时10分, 超期 1天3时; without a due, why there is none."""
    if due is None:
        return note
    if due < now:
        return f"超期 {lasting(now - due)}"
    return f"剩 {lasting(due - now)}"


def took_text(seconds: float | None) -> str:
    """How long a case had been where it was; "" at its beginning."""
    return "" if seconds is None else f"用时 {lasting(timedelta(seconds=seconds))}"


def event_text(event: CaseEvent, unit_name: Callable[[str], str]) -> str:
    """What happened, in a few words."""
    data = event.data
    match event.step:
        case CaseStep.MOVED:
            return _moved(data, unit_name)
        case CaseStep.RETURNED:
            rework = data.get("from") == CaseState.CHECKING.value
            again = "、".join(unit_name(one) for one in data.get("again", ()))
            if rework:
                return "核查不通过,返工" + (f"(协办 {again} 也返工)" if again else "")
            return f"退回,转{data['to']}"
        case CaseStep.EXTENSION_ASKED | CaseStep.EXTENDED | CaseStep.EXTENSION_REFUSED:
            return _extension(event, unit_name)
        case CaseStep.CLOCKED:
            return f"时限补算{_until(data.get('due'))}"
        case CaseStep.REOPENED:
            return f"重开,转{data['to']}"
        case CaseStep.RAISED | CaseStep.LOWERED:
            here, there = (_place(data[one], unit_name) for one in ("from", "to"))
            return f"{event.step.value}:{here} → {there}"
        case CaseStep.TASK_MOVED:
            return f"协办 {unit_name(data['unit'])}:{data['to']}"
    return event.step.value


def _place(region: str, unit_name: Callable[[str], str]) -> str:
    return unit_name(f"{TERRITORY}{region}").removesuffix("(属地)")


def _extension(event: CaseEvent, unit_name: Callable[[str], str]) -> str:
    data = event.data
    whose = f"协办 {unit_name(data['unit'])} " if data.get("unit") else ""
    if event.step is CaseStep.EXTENSION_ASKED:
        return f"{whose}申请延期至 {_moment(data['until'])}"
    if event.step is CaseStep.EXTENSION_REFUSED:
        return f"不同意{whose}延期"
    own = data.get("tasks", {}).get(data.get("unit"), {})
    return f"同意{whose}延期{_until(data.get('due') or own.get('due'))}"


def _until(due: str | None) -> str:
    return f",应于 {_moment(due)} 前完成" if due else ""


def _moved(data: Mapping[str, Any], unit_name: Callable[[str], str]) -> str:
    to = CaseState(data["to"])
    if data.get("from") == CaseState.SUSPENDED.value:
        return f"结束挂账,回到{to.value}"
    if to is CaseState.DISPATCHED:
        tasks = data.get("tasks", {})
        others = "、".join(
            unit_name(one) + _own_limit(tasks.get(one, {}).get("limit", ""), data)
            for one in data.get("support", ())
        )
        text = f"派遣给 {unit_name(data['unit'])}" + (f",协办 {others}" if others else "")
        return text + (f";时限 {data['limit']}" if data.get("limit") else ";未规定时限")
    if to is CaseState.SUSPENDED and data.get("until"):
        return f"挂账至 {_moment(data['until'])},停表"
    if "report" in data:
        return "待核实" if to is CaseState.TO_VERIFY else "上报"
    return _STATES[to]


def _own_limit(limit: str, data: Mapping[str, Any]) -> str:
    """The limit of a 协办 where it is not that of the 主办."""
    return f"({limit})" if limit and limit != data.get("limit", "") else ""


def _moment(text: str) -> str:
    return f"{local(datetime.fromisoformat(text)):%m-%d %H:%M}"
