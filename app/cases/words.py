"""How cases are said: what is left, how long a step took, what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from topics.kit.cases.contracts import CaseEvent, CaseState, CaseStep
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
            return "核查不通过,返工" if rework else f"退回,转{data['to']}"
        case CaseStep.EXTENSION_ASKED:
            return f"申请延期至 {_moment(data['until'])}"
        case CaseStep.EXTENDED:
            return "同意延期" + (f",应于 {_moment(data['due'])} 前完成" if data.get("due") else "")
        case CaseStep.REOPENED:
            return f"重开,转{data['to']}"
        case CaseStep.RAISED | CaseStep.LOWERED:
            return f"{event.step.value}:{data['from']} → {data['to']}"
        case CaseStep.TASK_MOVED:
            return f"协办 {unit_name(data['unit'])}:{data['to']}"
    return event.step.value


def _moved(data: Mapping[str, Any], unit_name: Callable[[str], str]) -> str:
    to = CaseState(data["to"])
    if data.get("from") == CaseState.SUSPENDED.value:
        return f"结束挂账,回到{to.value}"
    if to is CaseState.DISPATCHED:
        others = "、".join(unit_name(one) for one in data.get("support", ()))
        text = f"派遣给 {unit_name(data['unit'])}" + (f",协办 {others}" if others else "")
        return text + (f";时限 {data['limit']}" if data.get("limit") else ";未规定时限")
    if to is CaseState.SUSPENDED and data.get("until"):
        return f"挂账至 {_moment(data['until'])},停表"
    if "report" in data:
        return "待核实" if to is CaseState.TO_VERIFY else "上报"
    return _STATES[to]


def _moment(text: str) -> str:
    return f"{local(datetime.fromisoformat(text)):%m-%d %H:%M}"
