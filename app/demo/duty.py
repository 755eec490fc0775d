"""The demo city is on duty: people, roster, a journal, 交接班, 督办, one finished incident.

Everything is written in one transaction: it is there whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from app.api.duty_people import typed_names
from app.demo.duty_people import people, shifts
from app.security.people import AuditEvent
from app.services import Services
from topics.kit.directives.contracts import (
    Directive,
    DirectiveEvent,
    DirectiveState,
    DirectiveStep,
    Subject,
)
from topics.kit.duty.contracts import Shift
from topics.kit.duty.incidents import Incident, IncidentEvent, IncidentStep
from topics.kit.duty.memory import Handover, JournalEntry, OpenItem
from topics.kit.words.clock import local

_BY = "demo:duty"
_LEADER, _UNIT = "demo:leader", "demo:unit"
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_LINES = (
    ("来电", "省应急值班室来电询问雨情,已答复:全市无强降雨"),
    ("巡查", "查看孟洲坝、马坝河口自动站,数据正常"),
    ("来文", "收市气象局明日天气预报,转水务、应急"),
    ("指令", "带班领导要求加密马坝河下游采样,已转市生态环境局"),
    ("来电", "群众反映东河片区停水,已转市水务局核实"),
    ("其他", "会商系统例行联调,画面、声音正常"),
)
# number, region, unit, what is asked, hours since, hours it may take, what came of it
_ASKED = (
    ("water.leakage", "", "swj", "漏损率连续上升,查明原因,列出整改清单", 30, 72, "signed"),
    ("ecology.pm25_hour", "440205", "sthjj", "排查夜间高值来源,报处置结果", 52, 48, "answered"),
    ("grid.overdue", "", "cgj", "超期事件逐件核销,说明原因", 20, 96, "issued"),
    ("water.section_good", "", "sthjj", "马坝河口断面水质,报整改进度", 240, 120, "closed"),
    ("market.equipment_overdue", "", "scjgj", "超期未检电梯停用并限期检验", 400, 168, "returned"),
)
_REPLIES = {
    "answered": "已查明:道路施工扬尘叠加静稳天气;已责令覆盖并加密洒水,高值回落",
    "closed": "上游两处排口已封堵,复测氨氮 0.8 mg/L",
    "returned": "已停用 7 台,检验报告随附",
}


def seed_duty(services: Services, now: datetime) -> None:
    """Write the demo's 值班 and 督办 where there is none; asking again adds nothing."""
    if duty_seeded(services):
        return
    with services.audit.recording(AuditEvent("system", "demo.duty")) as transaction:
        crew = people()
        services.duty.people.save(
            typed_names(crew), by="demo", now=now - 40 * _DAY, connection=transaction
        )
        roster = list(shifts(crew, local(now).date()))
        services.duty.roster.put(
            roster,
            roster[0].starts,
            roster[-1].ends,
            by="demo",
            now=now - 35 * _DAY,
            reason="示例排班",
            connection=transaction,
        )
        services.duty.memory.write_all(_journal(now), connection=transaction)
        _handovers(services, roster, now, transaction)
        _directives(services, now, transaction)
        _incident(services, now, transaction)


def duty_seeded(services: Services) -> bool:
    """Whether the demo's people are there; the rest came with them."""
    return services.duty.people.count() > 0


def _journal(now: datetime) -> Iterator[JournalEntry]:
    for n in range(36):
        kind, text = _LINES[n % len(_LINES)]
        at = now - n * 5 * _HOUR - timedelta(minutes=13 * (n % 4))
        yield JournalEntry(at, at + timedelta(minutes=2), _BY, kind, text)


def _handovers(services: Services, roster: list[Shift], now: datetime, transaction: Any) -> None:
    past = [one for one in roster if one.ends < now][-4:]
    for before, after in zip(past, [*past[1:], _next(roster, now)], strict=True):
        if after is None or before.chief is None or after.chief is None:
            continue
        item = OpenItem("directive", "demo", "漏损率连续上升", "已签收", "市水务局 · 办理中")
        one = Handover(
            id=f"demo{before.starts:%m%d%H}",
            shift_starts=before.starts,
            leaving=before.chief.id,
            taking=after.chief.id,
            items=(item,),
            notes="马坝河下游加密采样,每 2 小时一报;其余正常",
            left_at=before.ends - timedelta(minutes=4),
            left_by="demo:leaving",
        )
        services.duty.memory.leave(one, connection=transaction)
        services.duty.memory.take(
            one.id, by=_BY, at=before.ends, remark="已核对", connection=transaction
        )


def _next(roster: list[Shift], now: datetime) -> Shift | None:
    return next((one for one in roster if one.starts <= now < one.ends), None)


def _directives(services: Services, now: datetime, transaction: Any) -> None:
    store = services.directives.store
    for n, (indicator, region, unit, text, since, within, outcome) in enumerate(_ASKED):
        spec = services.catalogue.find(indicator)
        if spec is None:
            continue
        issued = now - since * _HOUR
        code = region or services.config.city.code
        place = services.regions.find(code)
        one = Directive(
            id=f"de{n:014x}",
            about=Subject("indicator", f"{indicator}|{code}"),
            topic=services.catalogue.topic_of(indicator).id,
            unit=unit,
            text=text,
            deadline=issued + within * _HOUR,
            issued_at=issued,
            issued_by=_LEADER,
            state=DirectiveState.ISSUED,
            data={"title": f"{place.name if place else code} · {spec.title}"},
        )
        store.add(one, connection=transaction)
        for step, hours, actor, note in _course(outcome):
            event = DirectiveEvent(one.id, step, issued + hours * _HOUR, actor, note)
            store.append(event, connection=transaction)


def _course(outcome: str) -> list[tuple[DirectiveStep, float, str, str]]:
    """What happened to a demo 督办 after it was issued, hours later, by whom."""
    steps: list[tuple[DirectiveStep, float, str, str]] = []
    if outcome == "issued":
        return steps
    steps.append((DirectiveStep.SIGNED, 2, _UNIT, ""))
    if outcome == "signed":
        return steps
    if outcome == "returned":
        steps.append((DirectiveStep.ANSWERED, 48, _UNIT, "正在办理"))
        steps.append((DirectiveStep.RETURNED, 50, _LEADER, "没有写明台数和时限"))
    steps.append(
        (DirectiveStep.ANSWERED, 45 if outcome == "answered" else 90, _UNIT, _REPLIES[outcome])
    )
    if outcome != "answered":
        steps.append((DirectiveStep.CLOSED, 100, _LEADER, ""))
    return steps


def _incident(services: Services, now: datetime, transaction: Any) -> None:
    store = services.duty.incidents
    start = now - 9 * _DAY
    one = Incident(
        id="demo0incident",
        title="马坝河下游水污染事件",
        region="440205",
        place="马坝镇",
        kind="水污染",
        happened_at=start - timedelta(minutes=25),
        known_at=start,
        opened_by=_BY,
    )
    store.open(one, connection=transaction)
    for minutes, step, text, data in _log():
        at = start + timedelta(minutes=minutes)
        store.log(IncidentEvent(one.id, step, at, _BY, text, data), connection=transaction)


def _log() -> Iterator[tuple[int, IncidentStep, str, dict[str, Any]]]:
    def report(kind: str, way: str, number: int, version: int = 1) -> dict[str, Any]:
        return {"report": kind, "way": way, "number": number, "version": version}

    said, plan = IncidentStep.REPORTED, "water.section"
    yield 18, said, "马坝河下游氨氮超标,正在核实", report("首报", "电话", 1)
    yield 22, IncidentStep.PLAN, "", {"plan": plan}
    yield 50, said, "马坝河口断面氨氮 2.31 mg/L,劣Ⅴ类;已通知下游取水口", report("首报", "书面", 2)
    for minutes, item in ((35, "1"), (40, "2"), (160, "3"), (185, "4"), (240, "5")):
        yield minutes, IncidentStep.TICKED, "", {"plan": plan, "item": item}
    yield 410, said, "查明两处排口超标排放,已封堵;氨氮降至 1.6 mg/L", report("续报", "书面", 1)
    yield 430, said, "更正:氨氮降至 1.58 mg/L,Ⅴ类", report("续报", "书面", 1, 2)
    yield 1500, IncidentStep.ENDED, "连续 4 次复测达到Ⅲ类,处置结束", {}
    yield 1980, said, "事件处置完毕,供水未受影响;责任单位已立案查处", report("终报", "书面", 1)
