"""What a submission holds, looked at: rows behind an issue, a preview, candidates, the report."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import PurePath
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from app.api.page_marks import read_position
from app.api.png import png
from app.api.room import Room
from app.api.submission_doors import SubmissionDoors
from app.errors import BadRequest, NoPicture
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.people import AuditEvent
from app.security.requests import client_address
from app.services import Services
from layers.review.check_report import write_report
from layers.review.contracts import Submission
from layers.review.rows import RowPages
from layers.review.sketch import sketch
from layers.review.work import Work

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_PRIVATE = "private, no-cache"
_MOST_FEATURES = 5000
_AT_ONCE = 8  # what is gone from the disk is read again: that takes memory
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def router(services: Services) -> APIRouter:
    """The routes that look into a submission; for those who work on its layer."""
    routes = APIRouter(prefix="/api/v1/submissions/{submission}", tags=["上传单"])
    doors, room = SubmissionDoors(services), Room(_AT_ONCE, "查看上传内容")

    @routes.get("/rows", summary="问题涉及的行,或待核区的行")
    @door(Action.READ, "submission")
    def rows(
        submission: str,
        subject: _SubjectOf,
        response: Response,
        issue: Annotated[str | None, Query(description="问题编号")] = None,
        quarantined: Annotated[bool, Query(description="只看待核区")] = False,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        after: Annotated[str | None, Query(alias="next", description="上一页的 next")] = None,
    ) -> dict[str, Any]:
        """Rows with their values as they stand and what is wrong with each."""
        response.headers["Cache-Control"] = _PRIVATE
        found = doors.require(subject, submission)
        with room.entered():
            pages = RowPages(_work(services, found), found.report or {})
        start = read_position(after)
        return pages.page(issue=issue, quarantined=quarantined, limit=limit, after=start)

    @routes.get("/preview", summary="新版本的预览(GeoJSON,不超过 5000 个要素)")
    @door(Action.READ, "submission")
    def preview(submission: str, subject: _SubjectOf) -> Response:
        """The features as checked and fixed; of very many an even part."""
        found = doors.require(subject, submission)
        with room.entered():
            body = sketch(_work(services, found), _MOST_FEATURES)
        return _json(body, "application/geo+json")

    @routes.get("/report.xlsx", summary="检查报告(Excel)", response_class=Response)
    @door(Action.READ, "submission")
    def report(submission: str, request: Request, subject: _SubjectOf) -> Response:
        """What was found, and the rows that stay out, as a workbook."""
        found = doors.require(subject, submission)
        with ExitStack() as space, room.entered():
            work = _work(services, found)
            path = space.enter_context(services.layers.workspace()) / "report.xlsx"
            write_report(found, work, path)
            event = AuditEvent(
                subject.id, "submission.report", found.id, address=client_address(request.scope)
            )
            services.audit.append(event)
            gone = BackgroundTask(space.pop_all().close)
        stem = PurePath(str(found.file["name"])).stem[:60]
        name = quote(f"检查报告_{stem}.xlsx")
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Cache-Control": "private, no-store",
        }
        return FileResponse(path, media_type=_XLSX, headers=headers, background=gone)

    @routes.get("/candidates", summary="坐标系候选,同一比例尺")
    @door(Action.READ, "submission")
    def candidates(submission: str, subject: _SubjectOf) -> Response:
        """Each candidate of the coordinate system drawn in one window at one scale."""
        found = doors.require(subject, submission)
        with room.entered():
            return _json(services.submissions.candidates(found), "application/json")

    @routes.get(
        "/quicklook.png",
        summary="栅格的快视图",
        response_class=Response,
        responses={200: {"content": {"image/png": {}}}},
    )
    @door(Action.READ, "submission")
    def quicklook(submission: str, request: Request, subject: _SubjectOf) -> Response:
        """The raster shown small; only rasters have such a picture."""
        found = doors.require(subject, submission)
        picture = services.submissions.quicklook(found)
        if picture is None:
            raise NoPicture("这份上传单没有快视图;只有栅格文件在读完后才有")
        return png(picture, request, cache=_PRIVATE)

    return routes


def _work(services: Services, submission: Submission) -> Work:
    work = services.submissions.work(submission)
    if work is None:
        raise BadRequest("文件还没有读完;请在检查完成后再查看")
    return work


def _json(body: object, kind: str) -> Response:
    return Response(
        orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS),
        media_type=kind,
        headers={"Cache-Control": _PRIVATE},
    )
