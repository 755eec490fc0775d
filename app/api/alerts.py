"""/api/v1/alerts: the list, one alert, where and when they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.alerts.board import AlertBoard, Asked
from app.alerts.desk import AlertDesk
from app.alerts.detail import AlertDetail
from app.alerts.dispatching import Dispatching
from app.alerts.rows import AlertRows
from app.alerts.rulebook import RuleNotes
from app.api import alert_acts
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.services import Services
from topics.kit.alerting.contracts import AlertLevel
from topics.kit.alerting.log import AlertQuery
from topics.kit.period_texts import parse_moment
from topics.kit.periods import ZONE
from topics.kit.texts import storable

Asking = Annotated[Subject, Depends(current_subject)]
Moment = Annotated[str | None, Query(description="看当时的;不带时区按北京时间")]
Names = Annotated[list[str] | None, Query(description="可重复,也可用逗号隔开")]
STATES = ("未确认", "已确认", "已派单", "处置中", "已暂停", "已解除")
_LONGEST = timedelta(days=8)


def router(services: Services) -> APIRouter:
    """The routes of alerts."""
    routes = APIRouter(prefix="/api/v1", tags=["告警"])
    rules = RuleNotes(services)
    rows = AlertRows(services, rules, services.handling)
    desk = AlertDesk(services, rules, services.handling)
    board = AlertBoard(services, rows)
    sending = Dispatching(services, desk, rows)
    detail = AlertDetail(services, desk, rows, sending)

    @routes.get("/alerts", summary="监测告警:未解除的在前,重的在前,新的在前")
    @door(Action.READ, "alert")
    def alerts(
        subject: Asking,
        response: Response,
        state: Names = None,
        level: Names = None,
        topic: Names = None,
        region: Names = None,
        rule: Names = None,
        first: Annotated[str | None, Query(alias="from", description="触发时间,含")] = None,
        last: Annotated[str | None, Query(alias="to", description="触发时间,不含")] = None,
        open_: Annotated[int | None, Query(alias="open", ge=0, le=1)] = None,
        resolved_days: Annotated[
            int | None, Query(ge=1, le=400, description="已解除的只要近几天的;不写为全部")
        ] = None,
        grouped: Annotated[int, Query(ge=0, le=1, description="0 连同组内、被抑制的")] = 1,
        as_of: Moment = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        cursor: Annotated[str | None, Query(max_length=200, description="上一页的 next")] = None,
    ) -> dict[str, Any]:
        """A page with its counts; 法定预警 in force stand apart under `legal`."""
        _private(response)
        moment = parse_moment(as_of) if as_of else None
        now = moment or datetime.now(UTC)
        query = AlertQuery(
            levels=_levels(level),
            states=_known(state, STATES, "state"),
            topics=_split(topic),
            regions=_below(services, _split(region)),
            rules=_split(rule),
            since=parse_moment(first) if first else None,
            until=parse_moment(last) if last else None,
            open=None if open_ is None else bool(open_),
            resolved_since=now - timedelta(days=resolved_days) if resolved_days else None,
            top=bool(grouped),
            after=cursor if cursor and storable(cursor) else None,
            limit=limit,
        )
        return board.page(Asked(query, moment), subject)

    @routes.get("/alerts/{alert}", summary="一条告警:怎么来的、能做什么、做过什么")
    @door(Action.READ, "alert")
    def one(
        alert: str, subject: Asking, response: Response, as_of: Moment = None
    ) -> dict[str, Any]:
        """As of a moment; in replay `actions` is empty."""
        _private(response)
        moment = parse_moment(as_of) if as_of else None
        return detail.of(desk.seen(alert, subject, moment), subject, as_of=moment)

    @routes.get("/alert-places", summary="未解除告警的位置,供地图")
    @door(Action.READ, "alert")
    def places(subject: Asking, response: Response, as_of: Moment = None) -> dict[str, Any]:
        """Each open alert with a place; 橙 and 红 are never gathered into one."""
        _private(response)
        found = board.places(subject, parse_moment(as_of) if as_of else None)
        return {"items": found, "next": None, "total": len(found)}

    @routes.get("/alert-hours", summary="每小时触发的告警数,供时间轴")
    @door(Action.READ, "alert")
    def hours(
        subject: Asking,
        response: Response,
        first: Annotated[str | None, Query(alias="from")] = None,
        last: Annotated[str | None, Query(alias="to")] = None,
        as_of: Moment = None,
    ) -> dict[str, Any]:
        """By hour and level in [from, to), at most eight days; without them the last 24 hours."""
        _private(response)
        moment = parse_moment(as_of) if as_of else None
        now = moment or datetime.now(UTC)
        end = min(parse_moment(last), now) if last else now
        begin = parse_moment(first) if first else end - timedelta(hours=24)
        if end - begin > _LONGEST:
            raise BadRequest("时间最长 8 天;请缩短 from 到 to")
        return {"items": board.hours(begin, end, subject, moment), "next": None}

    alert_acts.add(routes, services, desk, detail, sending)
    return routes


def _private(response: Response) -> None:
    response.headers["Cache-Control"] = "private, no-cache"


def _split(names: list[str] | None) -> list[str] | None:
    if names is None:
        return None
    if not all(map(storable, names)):
        raise BadRequest("查询条件中有空字符(NUL);请去掉后重试")
    found = [one.strip() for each in names for one in each.split(",") if one.strip()]
    return found or None


def _known(names: list[str] | None, known: tuple[str, ...], name: str) -> list[str]:
    found = _split(names) or []
    if wrong := [one for one in found if one not in known]:
        raise BadRequest(f"{name} 不认识 {wrong[0]!r};可写 {'、'.join(known)}")
    return found


def _levels(names: list[str] | None) -> list[AlertLevel]:
    return [
        AlertLevel(one) for one in _known(names, tuple(one.value for one in AlertLevel), "level")
    ]


def _below(services: Services, codes: list[str] | None) -> list[str] | None:
    """The regions and everything below them, sites too; UnknownRegion for a code nobody has."""
    if codes is None:
        return None
    today, found = datetime.now(UTC).astimezone(ZONE).date(), list[str]()
    for code in codes:
        services.regions.require(code, today)
        found += [one.code for one in services.regions.within(code)]
        found += [one.code for one in services.regions.sites(code)]
        found.append(code)
    return list(dict.fromkeys(found))
