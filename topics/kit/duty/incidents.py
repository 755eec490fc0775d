"""突发事件: what was reported upwards when, and the clocks of 首报, 续报 and 终报.

The clocks are data (data/reference/incident_clocks.csv), unverified until the city's own rule is
put in their place. A state is the fold of the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from topics.kit.errors import BadDuty, BadManifest, StepRefused
from topics.kit.reference_rows import read_rows

_COLUMNS = ("report", "way", "title", "since", "minutes", "source", "status")
_SINCE = ("known", "last", "ended")
WAYS = ("电话", "书面")


class ReportKind(StrEnum):
    """The reports upwards, in their order."""

    FIRST = "首报"
    FOLLOW_UP = "续报"
    FINAL = "终报"


class IncidentState(StrEnum):
    """Where an incident stands."""

    RUNNING = "处置中"
    ENDED = "处置结束"
    CLOSED = "已终报"


class IncidentStep(StrEnum):
    """What happens in an incident."""

    OPENED = "接报"
    REPORTED = "报告"  # data: {"report", "way", "number", "version"}
    PLAN = "启动预案"  # data: {"plan"}
    TICKED = "完成"  # data: {"plan", "item"}
    UNTICKED = "撤销完成"
    NOTED = "记事"
    ENDED = "处置结束"


@dataclass(frozen=True, slots=True)
class IncidentEvent:
    """One entry of an incident's log; `id` is set by the store."""

    incident: str
    step: IncidentStep
    at: datetime
    actor: str
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident as of a moment; `ticks` are (plan, item) with who and when.

    It was known at `known_at` and put down at `recorded_at`: before that nobody saw it here.
    """

    id: str
    title: str
    region: str
    place: str
    kind: str
    happened_at: datetime
    known_at: datetime
    opened_by: str
    drill: bool = False
    state: IncidentState = IncidentState.RUNNING
    reports: tuple[IncidentEvent, ...] = ()
    plans: tuple[str, ...] = ()
    ticks: Mapping[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)
    ended_at: datetime | None = None
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReportClock:
    """Until when a report is due: `minutes` after the incident is known, the last report, its end.

    `way` is 电话, 书面 or "" for either.
    """

    report: ReportKind
    way: str
    title: str
    since: str
    limit: timedelta
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Due:
    """What a clock says at a moment: when the report was or is due, when it was made."""

    clock: ReportClock
    due: datetime
    done: datetime | None
    late: bool


def load_clocks(path: Path) -> tuple[ReportClock, ...]:
    """The clocks of the table; BadManifest names row, column and fix."""
    clocks = []
    for number, row in enumerate(read_rows(path, _COLUMNS), 2):
        where = f"{path.name} 第 {number} 行"
        if row["report"] not in list(ReportKind) or row["since"] not in _SINCE:
            raise BadManifest(f"{where}:report 写首报、续报或终报,since 写 {'、'.join(_SINCE)}")
        if row["way"] not in ("", *WAYS) or not row["minutes"].isdecimal():
            raise BadManifest(f"{where}:way 写电话、书面或留空,minutes 写分钟数")
        limit = timedelta(minutes=int(row["minutes"]))
        kind = ReportKind(row["report"])
        clocks.append(
            ReportClock(
                kind, row["way"], row["title"], row["since"], limit, row["source"], row["status"]
            )
        )
    return tuple(clocks)


def fold_incident(opened: Incident, events: Iterable[IncidentEvent]) -> Incident:
    """The incident after the entries of its log, in their order."""
    one = opened
    for event in events:
        one = _after(one, event)
    return one


def dues(one: Incident, clocks: Sequence[ReportClock], now: datetime) -> list[Due]:
    """Every clock that has begun by `now`, with its due moment and what came of it."""
    found = []
    for clock in clocks:
        made = [event for event in one.reports if _counts(event, clock)]
        start = _start(one, clock, made)
        if start is None:
            continue
        due = start + clock.limit
        done = None if clock.report is ReportKind.FOLLOW_UP else (made[0].at if made else None)
        found.append(Due(clock, due, done, late=(done or now) > due))
    return found


def check_report(one: Incident, report: str, way: str, text: str, *, again: bool) -> ReportKind:
    """The kind of the next report; StepRefused or BadDuty says what is in the way.

    首报 comes first and once, 终报 last and once, after the end of handling; `again` corrects the
    last report of the kind by a new version.
    """
    if report not in list(ReportKind):
        raise BadDuty("report 应是首报、续报或终报", problems=[("report", "首报、续报、终报")])
    if way not in WAYS:
        raise BadDuty("way 应是电话或书面", problems=[("way", "电话、书面")])
    if not text.strip():
        raise BadDuty("请写报告内容", problems=[("text", "不能为空")])
    kind = ReportKind(report)
    done = {event.data["report"] for event in one.reports}
    why = None
    if again:
        why = None if kind.value in done else f"还没有{kind},不能更正"
    elif kind is ReportKind.FIRST and not (way == "书面" and _only_by_phone(one)):
        why = "首报已报;更正请用更正版本" if kind.value in done else None
    elif kind is not ReportKind.FIRST and ReportKind.FIRST.value not in done:
        why = "请先首报"
    elif kind is ReportKind.FINAL:
        why = _final_refused(one, done)
    elif kind is ReportKind.FOLLOW_UP and one.state is IncidentState.CLOSED:
        why = "已经终报,不再续报"
    if why:
        raise StepRefused(why, problem={"state": one.state, "allowed": open_reports(one)})
    return kind


def open_reports(one: Incident) -> list[str]:
    """Which reports may be made now."""
    done = {event.data["report"] for event in one.reports}
    if ReportKind.FIRST.value not in done:
        return [ReportKind.FIRST.value]
    if one.state is IncidentState.CLOSED:
        return []
    first = [ReportKind.FIRST.value] if _only_by_phone(one) else []
    final = [ReportKind.FINAL.value] if one.state is IncidentState.ENDED else []
    return [*first, ReportKind.FOLLOW_UP.value, *final]


def _final_refused(one: Incident, done: set[str]) -> str | None:
    if ReportKind.FINAL.value in done:
        return "终报已报;更正请用更正版本"
    return None if one.state is IncidentState.ENDED else "处置结束后才能终报"


def _only_by_phone(one: Incident) -> bool:
    ways = {e.data.get("way") for e in one.reports if e.data["report"] == ReportKind.FIRST.value}
    return ways == {"电话"}


def _counts(event: IncidentEvent, clock: ReportClock) -> bool:
    return event.data["report"] == clock.report.value and clock.way in ("", event.data.get("way"))


def _start(one: Incident, clock: ReportClock, made: list[IncidentEvent]) -> datetime | None:
    if clock.since == "known":
        return one.known_at
    if clock.since == "ended":
        return one.ended_at
    # A correction is no report: the clock runs from the first version of the last one.
    first = [event for event in one.reports if int(event.data.get("version", 1)) == 1]
    return first[-1].at if first and one.state is IncidentState.RUNNING else None


def _after(one: Incident, event: IncidentEvent) -> Incident:
    if event.step is IncidentStep.REPORTED:
        final = event.data["report"] == ReportKind.FINAL.value
        state = IncidentState.CLOSED if final else one.state
        return replace(one, reports=(*one.reports, event), state=state)
    if event.step is IncidentStep.PLAN:
        plan = str(event.data["plan"])
        return one if plan in one.plans else replace(one, plans=(*one.plans, plan))
    if event.step in {IncidentStep.TICKED, IncidentStep.UNTICKED}:
        ticks = dict(one.ticks)
        key = (str(event.data["plan"]), str(event.data["item"]))
        if event.step is IncidentStep.TICKED:
            ticks[key] = (event.actor, event.at)
        else:
            ticks.pop(key, None)
        return replace(one, ticks=ticks)
    if event.step is IncidentStep.ENDED and one.state is IncidentState.RUNNING:
        return replace(one, state=IncidentState.ENDED, ended_at=event.at)
    return one
