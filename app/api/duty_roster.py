"""/api/v1/duty/roster: days with their shifts and holes, and the import of a table."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from app.api.duty_body import audit_of
from app.api.duty_json import DutyJson, moment, seats_of
from app.api.past_moment import past_moment
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import may, require
from app.services import Services
from topics.kit.duty.contracts import Shift
from topics.kit.duty.people import named
from topics.kit.duty.replacing import to_be_taken
from topics.kit.duty.roster import HEAD, ReadRoster, holes, read_roster, span_text
from topics.kit.duty.sheets import problems_json, workbook
from topics.kit.reporting.tables import read_file
from topics.kit.words.clock import SHANGHAI, local

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SubjectOf = Annotated[Subject, Depends(current_subject)]
_DUTY = Resource("duty")
_MOST_DAYS = 100
_HELP = """日期写 2026-11-20;开始、结束写 08:00;结束不晚于开始即为次日。
带班领导、值班长必填;其余各列按列名为席位,可自行增删。
姓名须在通讯录中;同名的写成 王芳(市水务局)。
导入后,表里写到的日子按表排,旧班次仍可回看;没有写到的日子、有未收行的日子和已经过去的班次保持原样。"""


def router(services: Services) -> APIRouter:
    """The routes of the roster."""
    routes = APIRouter(prefix="/api/v1/duty", tags=["值班"])
    shown, duty = DutyJson(services), services.duty

    @routes.get("/roster", summary="排班:每天的班次、节假日和空班")
    @door(Action.READ, "duty")
    def roster(
        response: Response,
        subject: _SubjectOf,
        start: Annotated[str | None, Query(alias="from", description="日期")] = None,
        end: Annotated[str | None, Query(alias="to", description="日期,不含")] = None,
        as_of: str | None = None,
    ) -> dict[str, Any]:
        """The days of [from, to); without them a fortnight from today."""
        require(subject, Action.READ, _DUTY)
        response.headers["Cache-Control"] = "private, no-store"
        known = past_moment(as_of)
        now = known or datetime.now(UTC)
        first = _day(start, local(now).date())
        last = _day(end, first + timedelta(days=14))
        if not timedelta(0) < last - first <= timedelta(days=_MOST_DAYS):
            raise BadRequest(f"from 到 to 应是 1–{_MOST_DAYS} 天")
        shifts = duty.roster.between(_midnight(first), _midnight(last), as_of=known)
        return {
            "days": [
                _day_json(first + timedelta(days=n), shifts, subject, now)
                for n in range((last - first).days)
            ],
            "seats": seats_of(shifts),
            "notes": duty.days.missing([first, last - timedelta(days=1)]),
            "may_write": bool(may(subject, Action.WRITE, _DUTY)),
            "now": moment(now),
        }

    def _day_json(
        day: date, shifts: list[Shift], subject: Subject, now: datetime
    ) -> dict[str, Any]:
        begins, ends = _midnight(day), _midnight(day + timedelta(days=1))
        mine = [one for one in shifts if begins <= one.starts < ends]
        return {
            "date": day.isoformat(),
            "label": duty.days.label(day),
            "off": duty.days.off(day),
            "today": day == local(now).date(),
            "shifts": [shown.shift(one, subject, now) for one in mine],
            "holes": [span_text(*one) for one in holes(shifts, begins, ends)],
        }

    @routes.get("/roster/template.xlsx", summary="下载排班模板", response_class=Response)
    @door(Action.READ, "duty")
    def template(subject: _SubjectOf) -> Response:
        """A workbook with the head and the days of the next month."""
        require(subject, Action.READ, _DUTY)
        today = local(datetime.now(UTC)).date()
        rows = [
            [(today + timedelta(days=n)).isoformat(), *hours, "", "", "", ""]
            for n in range(1, 31)
            for hours in (("08:00", "18:00"), ("18:00", "08:00"))
        ]
        return Response(workbook("排班", HEAD, rows, _HELP), media_type=XLSX)

    @routes.post("/roster/imports", summary="导入排班表;apply=1 才写入")
    @door(Action.WRITE, "duty")
    async def imported(
        request: Request,
        subject: _SubjectOf,
        name: Annotated[str, Query(max_length=200)] = "排班.xlsx",
        apply: bool = False,
        partial: Annotated[bool, Query(description="1:有错的行不导,其余照导")] = False,
    ) -> dict[str, Any]:
        """What each row says; nothing is written while a row is refused, unless `partial`."""
        require(subject, Action.WRITE, _DUTY)
        content = await request.body()
        return await run_in_threadpool(_import, request, subject, name, content, apply, partial)

    def _import(
        request: Request, subject: Subject, name: str, content: bytes, apply: bool, partial: bool
    ) -> dict[str, Any]:
        people = named(duty.people.all(), services.organisations)
        read, now = read_roster(read_file(name, content), people), datetime.now(UTC)
        if read.shifts:
            first, last = read.shifts[0].starts, max(one.ends for one in read.shifts)
            read = to_be_taken(read, duty.roster.between(first, last), now)
        done = apply and bool(read.shifts) and (partial or not read.refused)
        replaced = _write(request, subject, name, read) if done else 0
        spans = [read.shifts[0].starts, read.shifts[-1].ends] if read.shifts else []
        return {
            "accepted": len(read.shifts),
            "refused": read.refused,
            "applied": done,
            "replaced": replaced,
            "span": span_text(*spans) if spans else "",
            "rows": problems_json(read.problems),
        }

    def _write(request: Request, subject: Subject, name: str, read: ReadRoster) -> int:
        event = audit_of(subject, request, "roster", name, shifts=len(read.shifts))
        with services.audit.recording(event) as transaction:
            return duty.roster.take(
                read.shifts,
                by=subject.person,
                now=datetime.now(UTC),
                reason=f"导入 {name}",
                connection=transaction,
            )

    return routes


def _day(text: str | None, default: date) -> date:
    if not text:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise BadRequest(f"日期 {text!r} 读不懂;写成 2026-11-20") from wrong


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
