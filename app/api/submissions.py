"""Submissions over HTTP: a complete upload becomes one, is answered for, moved, and looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Request, Response

from app.api.page_marks import HEX_ID, mark_after, read_mark
from app.api.people_names import PeopleNames
from app.api.review_steps import READ_JOB, ReviewSteps
from app.api.submission_doors import SubmissionDoors
from app.api.submission_json import SubmissionJson
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.people import AuditEvent
from app.security.requests import client_address
from app.services import Services
from layers.errors import BadAnswer, UnknownUpload
from layers.intake.answers import read_about
from layers.intake.describe import check_id
from layers.review.contracts import Submission, Wanted
from layers.review.machine import Action as Step
from layers.review.machine import State
from topics.kit.period_texts import parse_moment
from topics.kit.texts import storable

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_Body = Annotated[dict[str, Any], Body()]
_PRIVATE = "private, no-cache"
_SCAN = 200
_LONGEST_NOTE = 2000
# What lets data through holds for exactly what the person saw.
_BINDING = frozenset({Step.APPROVE, Step.PUBLISH, Step.BYPASS})


def router(services: Services) -> APIRouter:
    """The routes of submissions."""
    routes = APIRouter(prefix="/api/v1", tags=["上传单"])
    doors = SubmissionDoors(services)
    shown = SubmissionJson(services, doors, PeopleNames(services))
    steps = ReviewSteps(services)
    service = services.submissions

    @routes.post("/layers/{layer}/versions", summary="把上传完成的文件交给图层", status_code=202)
    @door(Action.IMPORT, "layer")
    def receive(
        layer: str, body: _Body, request: Request, response: Response, subject: _SubjectOf
    ) -> dict[str, Any]:
        """A submission of the upload; asking again gives the same one."""
        response.headers["Cache-Control"] = "no-store"
        address = client_address(request.scope)
        made = _receive(services, doors, steps, subject, layer, body, address)
        return shown.full(made, subject)

    @routes.get("/submissions", summary="上传单,新的在前")
    @door(Action.READ, "submission")
    def submissions(
        response: Response,
        subject: _SubjectOf,
        state: Annotated[str | None, Query(description="状态,如 submitted")] = None,
        mine: Annotated[bool, Query(description="只看我上传的")] = False,
        layer: Annotated[str | None, Query(description="图层编号")] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        after: Annotated[str | None, Query(alias="next", description="上一页的 next")] = None,
    ) -> dict[str, Any]:
        """Those whose layers the subject works on; a page may be short, `next` says if more are."""
        response.headers["Cache-Control"] = _PRIVATE
        wanted = Wanted(
            state=_state(state),
            layer=layer,
            created_by=subject.person if mine else None,
            before=read_mark(after, HEX_ID),
            limit=_SCAN,
        )
        page, end = _visible(service.store.page(wanted), limit, lambda it: doors.sees(subject, it))
        return {"items": [shown.brief(it, subject) for it in page], "next": end}

    @routes.get("/submissions/{submission}", summary="一份上传单")
    @door(Action.READ, "submission")
    def one(submission: str, response: Response, subject: _SubjectOf) -> dict[str, Any]:
        """Everything about it, and what the subject may do with it now."""
        response.headers["Cache-Control"] = _PRIVATE
        return shown.full(doors.require(subject, submission), subject)

    @routes.patch("/submissions/{submission}", summary="回答问题、选择修正、改正行")
    @door(Action.WRITE, "submission")
    def edit(submission: str, body: _Body, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """Change what was answered or said; the file is read again where that matters."""
        found = doors.require(subject, submission)
        person = doors.person(subject, found)
        about = _object(body, "about")
        if about:
            said = read_about({**found.about, **about})
            doors.may_upload(subject, found.layer, said)
        steps.check_revision(found, _revision(body, needed=True))
        return shown.full(
            steps.edit(
                found,
                about=about,
                answers=_object(body, "answers"),
                person=person,
                actor=subject.id,
                address=client_address(request.scope),
            ),
            subject,
        )

    @routes.post("/submissions/{submission}/transitions", summary="提交、审核、退回、发布、撤销")
    @door(Action.WRITE, "submission")
    def move(submission: str, body: _Body, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """Take one step; a step that is not open is 409 and names those that are.

        approve, publish and bypass need the `revision` that was seen: they hold for nothing else.
        """
        found = doors.require(subject, submission)
        action = _action(body.get("action"))
        moved = steps.take(
            found,
            action,
            person=doors.person(subject, found),
            actor=subject.id,
            note=_note(body.get("note")),
            publish_at=_moment(body.get("publish_at")),
            revision=_revision(body, needed=action in _BINDING),
            address=client_address(request.scope),
        )
        return shown.full(moved, subject)

    return routes


def _receive(
    services: Services,
    doors: SubmissionDoors,
    steps: ReviewSteps,
    subject: Subject,
    layer: str,
    body: dict[str, Any],
    address: str,
) -> Submission:
    check_id(layer)
    upload, about = body.get("upload"), _object(body, "about")
    if not isinstance(upload, str) or not upload:
        raise BadRequest("upload 应是上传编号;请先用 /api/v1/uploads 上传文件")
    doors.may_upload(subject, layer, read_about(about))
    known = services.submissions.store.of_upload(upload)
    if known is not None:
        return doors.require(subject, known.id)
    file = services.uploads.complete(upload)
    if file.by not in {subject.id, subject.person}:
        raise UnknownUpload(f"没有上传 {upload[:40]};请重新上传文件")
    detail = {"upload": upload, "file": file.name, "sha256": file.sha256}
    event = AuditEvent(subject.id, "submission.receive", layer, address=address, detail=detail)
    with services.audit.recording(event) as transaction:
        made, _ = services.submissions.receive(
            upload,
            file,
            layer,
            about=about,
            answers=_object(body, "answers"),
            by=subject.person,
            queue=steps.queue(READ_JOB, layer, subject.id, transaction),
            connection=transaction,
        )
    return made


def _visible(
    found: Sequence[Submission], limit: int, sees: Callable[[Submission], bool]
) -> tuple[list[Submission], str | None]:
    """The first that are seen, and where the next page begins; None after the last."""
    page: list[Submission] = []
    for at, one in enumerate(found):
        if len(page) == limit:
            before = found[at - 1]
            return page, mark_after(before.created_at, before.id)
        if sees(one):
            page.append(one)
    full = len(found) == _SCAN
    return page, mark_after(found[-1].created_at, found[-1].id) if full else None


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadAnswer(f"{name} 应是一个对象;写法见 /api/docs")
    return value


def _revision(body: dict[str, Any], *, needed: bool = False) -> int | None:
    value = body.get("revision")
    if value is None and not needed:
        return None
    if type(value) is not int:
        raise BadRequest("revision 应是整数:页面上看到的上传单的 revision")
    return value


def _action(value: object) -> Step:
    if isinstance(value, str) and value in set(Step):
        return Step(value)
    raise BadRequest(f"action 应是 {'、'.join(Step)} 之一")


def _note(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _LONGEST_NOTE or not storable(value):
        raise BadRequest(f"note 应是不超过 {_LONGEST_NOTE} 个字的文字")
    return value.strip()


def _moment(value: object) -> datetime | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise BadRequest("publish_at 应是时间,如 2026-11-01T08:00+08:00")
    return parse_moment(value)


def _state(text: str | None) -> State | None:
    if not text:
        return None
    if text not in set(State):
        raise BadRequest(f"state 应是 {'、'.join(State)} 之一")
    return State(text)
