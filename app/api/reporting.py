"""/api/v1/reporting: what is due, the form of a period, what was typed, the steps, the template."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Request, Response

from app.api import reporting_tables
from app.api.reporting_body import read_texts, revision_of, step_of
from app.api.reporting_doors import ReportDoors
from app.api.reporting_json import ReportJson
from app.api.reporting_steps import ReportSteps
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.requests import client_address
from app.services import Services
from topics.kit.period_texts import parse_moment
from topics.kit.reporting.contracts import Filing, Form, Step
from topics.kit.reporting.history import as_it_stood
from topics.kit.reporting.service import written

_SHOWN = timedelta(days=366)
_SubjectOf = Annotated[Subject, Depends(current_subject)]
_Body = Annotated[dict[str, Any], Body()]
_Moment = Annotated[str | None, Query(description="日期或时间,不带时区按北京时间")]
_PRIVATE = "private, no-store"


def router(services: Services) -> APIRouter:
    """The routes of reporting."""
    routes = APIRouter(prefix="/api/v1/reporting", tags=["报数"])
    doors, shown, steps = ReportDoors(services), ReportJson(services), ReportSteps(services)

    @routes.get("", summary="我要填和我要审的报表,欠报的在前")
    @door(Action.WRITE, "observation")
    def owed(response: Response, subject: _SubjectOf, as_of: _Moment = None) -> dict[str, Any]:
        """Every form and period of the last year that is this person's work, as of a moment."""
        response.headers["Cache-Control"] = _PRIVATE
        now = _now(as_of)
        items = [
            shown.brief(form, filing, known, doors.person(subject, form.spec), now)
            for form, filing, known in _owed(services, doors, subject, now, replay=bool(as_of))
        ]
        order = {"late": 0, "due": 1, "waiting": 2, "done": 3}
        items.sort(key=lambda one: one["period"], reverse=True)
        items.sort(key=lambda one: order[one["standing"]])
        return {"items": items, "now": now.isoformat()}

    @routes.get("/{form}/{period}", summary="一张报表的一期:格子、上期、同期、问题、经过")
    @door(Action.WRITE, "observation")
    def one(
        form: str, period: str, response: Response, subject: _SubjectOf, as_of: _Moment = None
    ) -> dict[str, Any]:
        """Everything about it; with `as_of`, as it had been handed in by then."""
        response.headers["Cache-Control"] = _PRIVATE
        now = _now(as_of)
        found = doors.require(subject, form, period, now)
        filing = services.report_store.find(found.spec.id, found.period)
        log = _steps(services, filing, now if as_of else None)
        if as_of:
            filing = as_it_stood(filing, log)
        known = services.reports.forms.known(found, now if as_of else None)
        return shown.full(found, filing, log, doors.person(subject, found.spec), known, now)

    @routes.put("/{form}/{period}/draft", summary="保存填写的内容(自动保存)")
    @door(Action.WRITE, "observation")
    def save(
        form: str, period: str, body: _Body, request: Request, subject: _SubjectOf
    ) -> dict[str, Any]:
        """Keep the given cells on the revision that was seen; 409 says who was faster and what."""
        now = datetime.now(UTC)
        found = doors.require(subject, form, period, now)
        person = doors.person(subject, found.spec)
        filing = steps.save(
            found,
            read_texts(body),
            person,
            revision=revision_of(body),
            actor=subject.id,
            address=client_address(request.scope),
        )
        return _full(found, filing, subject, now)

    @routes.post("/{form}/{period}/check", summary="检查填写的内容,不保存")
    @door(Action.WRITE, "observation")
    def checked(form: str, period: str, body: _Body, subject: _SubjectOf) -> dict[str, Any]:
        """The cells as read and what is odd about them, as if these had been typed."""
        now = datetime.now(UTC)
        found = doors.require(subject, form, period, now)
        filing = services.report_store.find(found.spec.id, found.period)
        cells = written(found, filing.cells, read_texts(body), subject.person, now)
        return shown.cells(found, cells, services.reports.forms.known(found))

    @routes.post("/{form}/{period}/transitions", summary="提交、撤回、审核、退回、更正、催报")
    @door(Action.WRITE, "observation")
    def move(
        form: str, period: str, body: _Body, request: Request, subject: _SubjectOf
    ) -> dict[str, Any]:
        """Take one step; 409 names the steps that are open, 422 what is still to be explained."""
        now = datetime.now(UTC)
        found = doors.require(subject, form, period, now)
        action, note = step_of(body)
        filing = steps.take(
            found,
            action,
            doors.person(subject, found.spec),
            revision=revision_of(body),
            actor=subject.id,
            note=note,
            address=client_address(request.scope),
        )
        return _full(found, filing, subject, now)

    routes.include_router(reporting_tables.router(services))

    def _full(found: Form, filing: Filing, subject: Subject, now: datetime) -> dict[str, Any]:
        person = doors.person(subject, found.spec)
        known = services.reports.forms.known(found)
        return shown.full(found, filing, _steps(services, filing, None), person, known, now)

    return routes


def _owed(
    services: Services, doors: ReportDoors, subject: Subject, now: datetime, *, replay: bool
) -> list[tuple[Form, Filing, list[Step]]]:
    forms, store = services.reports.forms, services.report_store
    since = store.known_since([one.id for one in forms.specs()], now)
    mine = [one for one in forms.owed(since, now) if doors.sees(subject, one.spec)]
    mine = [one for one in mine if one.opens_at > now - _SHOWN]
    names = sorted({one.spec.id for one in mine})
    filings = {(one.form, one.period): one for one in store.all(names, now - 2 * _SHOWN)}
    log = store.steps((one.id for one in filings.values()), as_of=now if replay else None)
    found = []
    for form in mine:
        filing = filings.get((form.spec.id, form.period)) or Filing("", form.spec.id, form.period)
        steps = log.get(filing.id, [])
        found.append((form, as_it_stood(filing, steps) if replay else filing, steps))
    return found


def _steps(services: Services, filing: Filing, as_of: datetime | None) -> list[Step]:
    return services.report_store.steps([filing.id], as_of=as_of).get(filing.id, [])


def _now(as_of: str | None) -> datetime:
    now = datetime.now(UTC)
    if not as_of:
        return now
    asked = parse_moment(as_of)
    if asked > now:
        raise BadRequest("as_of 不能晚于现在;去掉它就是最新")
    return asked
