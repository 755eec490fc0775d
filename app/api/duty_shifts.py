"""/api/v1/duty/roster/shifts: one shift added, changed or taken out, with a reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from app.api.duty_body import audit_of, moment_of, text_of
from app.api.duty_json import DutyJson
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import require
from app.services import Services
from topics.kit.duty.contracts import Person, Shift
from topics.kit.duty.roster import span_text
from topics.kit.errors import BadDuty
from topics.kit.stores.postgres_duty_people import PostgresPeople
from topics.kit.texts import storable

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_Body = dict[str, Any]
_DUTY = Resource("duty")
_LONGEST = timedelta(hours=72)
_MOST_SEATS, _POST_LENGTH, _REASON_LENGTH = 20, 20, 200


def router(services: Services) -> APIRouter:
    """The two routes."""
    routes = APIRouter(prefix="/api/v1/duty/roster/shifts", tags=["值班"])
    shown, duty = DutyJson(services), services.duty

    @routes.post("", summary="加一班,或改一班(was 写原班次的开始时间);要写原因")
    @door(Action.WRITE, "duty")
    def save(body: _Body, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """The shift as it stands now; the former stays readable. Two at one time are refused."""
        require(subject, Action.WRITE, _DUTY)
        now, made, reason = datetime.now(UTC), _shift(duty.people, body), _reason(body)
        if made.ends <= now:
            raise BadDuty(
                f"{span_text(made.starts, made.ends)} 已经过去;过去的班次不能补改",
                problems=[("ends", "已经过去;请选以后的时间")],
            )
        was = moment_of(body, "was") if body.get("was") else None
        span = span_text(made.starts, made.ends)
        event = audit_of(
            subject, request, "shift", span, was=was and was.isoformat(), reason=reason
        )
        with services.audit.recording(event) as transaction:
            duty.roster.edit(
                made, was, by=subject.person, now=now, reason=reason, connection=transaction
            )
        return shown.shift(made, subject, now)

    @routes.post("/remove", summary="撤掉一班;要写原因")
    @door(Action.WRITE, "duty")
    def remove(body: _Body, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """The shift that is no more; the roster has a hole there, as the page says."""
        require(subject, Action.WRITE, _DUTY)
        now, was, reason = datetime.now(UTC), moment_of(body, "was"), _reason(body)
        event = audit_of(subject, request, "shift.remove", was.isoformat(), reason=reason)
        with services.audit.recording(event) as transaction:
            gone = duty.roster.edit(
                None, was, by=subject.person, now=now, reason=reason, connection=transaction
            )
        assert gone is not None
        return {"removed": span_text(gone.starts, gone.ends)}

    return routes


def _reason(body: _Body) -> str:
    reason = text_of(body, "reason")
    if len(reason) > _REASON_LENGTH:
        raise BadRequest(f"原因不超过 {_REASON_LENGTH} 字")
    return reason


def _shift(people: PostgresPeople, body: _Body) -> Shift:
    starts, ends = moment_of(body, "starts"), moment_of(body, "ends")
    if ends <= starts:
        why = "结束要晚于开始;夜班的结束写次日"
        raise BadDuty(why, problems=[("ends", why)])
    if ends - starts > _LONGEST:
        hours = (ends - starts).total_seconds() / 3600
        why = f"这一班长 {hours:g} 小时;一班不超过 72 小时,请分成几班"
        raise BadDuty(why, problems=[("ends", why)])
    return Shift(
        starts.astimezone(UTC),
        ends.astimezone(UTC),
        _person(people, text_of(body, "leader"), "带班领导"),
        _person(people, text_of(body, "chief"), "值班长"),
        _seats(people, body.get("seats") or {}),
    )


def _seats(people: PostgresPeople, said: object) -> tuple[tuple[str, Person], ...]:
    if not isinstance(said, dict) or len(said) > _MOST_SEATS:
        raise BadRequest(f'seats 写成 {{"指挥席": "人员编号"}},至多 {_MOST_SEATS} 席')
    found = []
    for post, person in said.items():
        if not post.strip() or len(post) > _POST_LENGTH or not storable(post):
            raise BadRequest(f"席位名称 {post[:30]!r} 不对;写 1–{_POST_LENGTH} 个字")
        if person:
            found.append((post.strip(), _person(people, str(person), post)))
    return tuple(found)


def _person(people: PostgresPeople, named: str, post: str) -> Person:
    found = people.find(named) if storable(named) else None
    if found is None:
        raise BadDuty(f"{post}不在通讯录里;请从通讯录中选择", problems=[(post, "查无此人")])
    return found
