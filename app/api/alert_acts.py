"""POST /api/v1/alerts/…: what the shift and leaders do with alerts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from app.alerts.desk import AlertDesk, Asked, plain
from app.alerts.detail import AlertDetail
from app.alerts.dispatching import Dispatching, Order
from app.alerts.recalling import Recalling
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.services import Services
from topics.kit.alerting.contracts import Alert, AlertEvent
from topics.kit.alerting.handling import (
    MOST_TEXT,
    Do,
    Hand,
    assign,
    bad,
    comment,
    mark_false,
    note,
    pause,
    resume,
)
from topics.kit.errors import TopicError
from topics.kit.period_texts import parse_moment

Asking = Annotated[Subject, Depends(current_subject)]
_MOST = 500


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Nothing(_Body):
    """An action that needs nothing more."""


class Paused(_Body):
    """暂停提醒 until when and why."""

    until: str = Field(max_length=40, description="到何时;红色最长 2 小时")
    reason: str = Field(max_length=MOST_TEXT, description="原因")


class Assigned(_Body):
    """交办 to whom."""

    unit: str = Field(max_length=100, description="单位编号")
    person: str | None = Field(None, max_length=100, description="经办人账号")


class Dispatched(_Body):
    """派单: what is left out comes from the plan of the rule."""

    category: str | None = Field(None, max_length=200, examples=["城市管理/事项/06026"])
    region: str | None = Field(None, max_length=20)
    unit: str | None = Field(None, max_length=100)
    support: list[str] | None = Field(None, max_length=20, description="协办单位编号")
    text: str | None = Field(None, max_length=MOST_TEXT, description="派单内容")
    confirmed: bool = Field(False, strict=True, description="已确认立案条件")


class Said(_Body):
    """备注, or what a leader notes."""

    text: str = Field("", max_length=MOST_TEXT)


class Reason(_Body):
    """Why an alert is 误报."""

    reason: str = Field(max_length=MOST_TEXT)


class Several(_Body):
    """Which alerts to 确认."""

    ids: list[str] = Field(min_length=1, max_length=_MOST)


def add(
    routes: APIRouter,
    services: Services,
    desk: AlertDesk,
    detail: AlertDetail,
    sending: Dispatching,
) -> None:
    """Add the routes."""
    _add_seen(routes, services, desk, detail)
    _add_sent(routes, desk, detail, sending)
    _add_said(routes, desk, detail)
    _add_undo(routes, detail, Recalling(services, desk))


def _add_seen(routes: APIRouter, services: Services, desk: AlertDesk, detail: AlertDetail) -> None:
    """确认, 暂停提醒 and its end."""

    @routes.post("/alerts/acks", summary="确认所选")
    @door(Action.WRITE, "alert")
    def acknowledge_several(body: Several, subject: Asking, request: Request) -> dict[str, Any]:
        """Each by itself: what cannot be acknowledged is named and stops no other."""
        done, refused = list[str](), list[dict[str, str]]()
        for one in dict.fromkeys(body.ids):
            try:
                desk.acknowledge(one, _asked(subject, request))
                done.append(one)
            except TopicError as wrong:
                refused.append({"id": one, "problem": str(wrong)})
        return {"acknowledged": done, "refused": refused}

    @routes.post("/alerts/{alert}/ack", summary="确认(值班)")
    @door(Action.WRITE, "alert")
    def acknowledge(
        alert: str, subject: Asking, request: Request, body: Nothing | None = None
    ) -> dict[str, Any]:
        """Stops the escalation; those shown under it are acknowledged too."""
        return detail.of(desk.acknowledge(alert, _asked(subject, request)), subject)

    @routes.post("/alerts/{alert}/pause", summary="暂停提醒:截止时间与原因;红色最长 2 小时")
    @door(Action.WRITE, "alert")
    def pause_it(alert: str, body: Paused, subject: Asking, request: Request) -> dict[str, Any]:
        """Ends by itself; a worse level ends it too."""
        until = parse_moment(body.until)
        wartime = services.modes.at().wartime

        def step(one: Alert, hand: Hand) -> Sequence[AlertEvent]:
            rules = desk.handling.of(one.level, wartime=wartime)
            return pause(one, hand, until=until, reason=body.reason, rules=rules)

        after = desk.act(alert, Do.PAUSE, _asked(subject, request), plain(step), until=body.until)
        return detail.of(after, subject)

    @routes.post("/alerts/{alert}/resume", summary="恢复提醒")
    @door(Action.WRITE, "alert")
    def resume_it(
        alert: str, subject: Asking, request: Request, body: Nothing | None = None
    ) -> dict[str, Any]:
        """Before the pause ends."""
        return detail.of(
            desk.act(alert, Do.RESUME, _asked(subject, request), plain(resume)), subject
        )


def _add_sent(
    routes: APIRouter, desk: AlertDesk, detail: AlertDetail, sending: Dispatching
) -> None:
    """交办 and 派单."""

    @routes.post("/alerts/{alert}/assign", summary="交办给单位")
    @door(Action.WRITE, "alert")
    def assign_it(alert: str, body: Assigned, subject: Asking, request: Request) -> dict[str, Any]:
        """To a unit, and perhaps a person of it."""
        asked = _asked(subject, request)
        unit = desk.unit(body.unit, asked.hand.now)

        def step(one: Alert, hand: Hand) -> Sequence[AlertEvent]:
            return assign(one, hand, unit=unit, person=body.person)

        return detail.of(desk.act(alert, Do.ASSIGN, asked, plain(step), unit=unit), subject)

    @routes.post("/alerts/{alert}/dispatch", summary="派单:成为一个事件,一键")
    @door(Action.WRITE, "alert")
    def dispatch_it(
        alert: str, subject: Asking, request: Request, body: Dispatched | None = None
    ) -> dict[str, Any]:
        """At most one open case an alert: a second one is refused with 409.

        Without `confirmed` a case whose category has a 立案条件 waits at 受理, and `case.waits`
        says so.
        """
        said = body or Dispatched()
        support = None if said.support is None else tuple(said.support)
        order = Order(said.category, said.region, said.unit, said.text, support, said.confirmed)
        after, case = sending.send(alert, order, _asked(subject, request))
        return detail.of(after, subject) | {"case": case}


def _add_said(routes: APIRouter, desk: AlertDesk, detail: AlertDetail) -> None:
    """知悉, 误报, 备注."""

    @routes.post("/alerts/{alert}/note", summary="知悉(领导):不影响值班处理")
    @door(Action.WRITE, "directive")
    def note_it(
        alert: str, subject: Asking, request: Request, body: Said | None = None
    ) -> dict[str, Any]:
        """Stops nothing, in particular no escalation."""
        text = body.text if body else ""
        step = plain(lambda one, hand: note(one, hand, text=text))
        return detail.of(desk.act(alert, Do.NOTE, _asked(subject, request), step), subject)

    @routes.post("/alerts/{alert}/false", summary="标为误报")
    @door(Action.WRITE, "alert")
    def false_it(alert: str, body: Reason, subject: Asking, request: Request) -> dict[str, Any]:
        """With a reason; it goes on until its rule ends it, and reminds nobody."""
        step = plain(lambda one, hand: mark_false(one, hand, reason=body.reason))
        return detail.of(desk.act(alert, Do.FALSE, _asked(subject, request), step), subject)

    @routes.post("/alerts/{alert}/comment", summary="备注")
    @door(Action.WRITE, "alert")
    def comment_it(alert: str, body: Said, subject: Asking, request: Request) -> dict[str, Any]:
        """With resolved ones too."""
        if not body.text:
            raise bad("text", "备注不能为空")
        step = plain(lambda one, hand: comment(one, hand, text=body.text))
        return detail.of(desk.act(alert, Do.COMMENT, _asked(subject, request), step), subject)


def _add_undo(routes: APIRouter, detail: AlertDetail, recalling: Recalling) -> None:
    """撤销."""

    @routes.post("/alerts/{alert}/undo", summary="撤销 10 秒内自己的确认、暂停或派单")
    @door(Action.WRITE, "alert")
    def undo_it(
        alert: str, subject: Asking, request: Request, body: Nothing | None = None
    ) -> dict[str, Any]:
        """A 派单 takes its case back, as long as no unit has signed it: 409 says that it has."""
        return detail.of(recalling.undo(alert, _asked(subject, request)), subject)


def _asked(subject: Subject, request: Request) -> Asked:
    return Asked(subject, request.client.host if request.client else "")
