"""POST /api/v1/case-imports: cases from a CSV or Excel file, with a report of the refused rows.

The body is the file; `name` in the query is its name. Columns are found by the words of the head.
Small files are taken in at once (200); larger ones by the worker (202): ask `report_url` again.
Handing the same file in twice makes no second case.
"""

from __future__ import annotations

import csv
import io
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.api.job_json import STATE_TITLES
from app.api.people_names import PeopleNames
from app.api.reporting_json import moment
from app.errors import BadRequest, Forbidden, UnknownJob
from app.evaluation.telling import resource
from app.intake.tables import AT_ONCE, CaseTables, Options, read_options
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.may import may
from app.security.people import AuditEvent
from app.security.requests import client_address
from app.services import Services
from topics.kit.cases.intake.tables import SIZES
from topics.kit.stores.postgres_case_imports import CaseImport

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_REPORT = ("行", "列", "问题", "怎么改")
_TEMPLATE = (
    "编号",
    "类别",
    "区划代码",
    "镇街",
    "上报时间",
    "问题描述",
    "地址",
    "经度",
    "纬度",
    "联系电话",
)
_SHOWN = 2000
"""Refused rows in one answer; the file to download has them all."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def router(services: Services) -> APIRouter:
    """The routes of imports."""
    routes = APIRouter(prefix="/api/v1/case-imports", tags=["事件导入"])
    tables = CaseTables(services)
    names = PeopleNames(services)
    _taking(routes, services, tables)

    @routes.get("", summary="最近的导入")
    @door(Action.WRITE, "case")
    def latest(subject: _SubjectOf) -> dict[str, Any]:
        """Newest first; one's own, all for administrators."""
        _require(services, subject)
        mine = None if may(subject, Action.PUBLISH, resource(services)) else subject.person
        found = services.case_imports.latest(mine)
        items = [_told(one) | {"by": names.name(one.by), "rows": []} for one in found]
        return {"items": items, "next": None}

    @routes.get("/template.csv", summary="表头样式", response_class=Response)
    @door(Action.WRITE, "case")
    def template(subject: _SubjectOf) -> Response:
        """A table with the words of the head and one row as an example."""
        _require(services, subject)
        example = (
            "A-001", "城市管理/事项/06010", services.regions.at_level("county")[0].code, "",
            "2026-11-20 10:22", "路口绿化带内有暴露垃圾", "示例路 1 号", "", "", "",
        )  # fmt: skip
        return _csv("事件导入模板.csv", [_TEMPLATE, example])

    @routes.get("/{name}", summary="一次导入的结果")
    @door(Action.WRITE, "case")
    def one(name: str, subject: _SubjectOf) -> dict[str, Any]:
        """What became of the rows, or how far the worker is."""
        found = _own(services, subject, name)
        return _told(found) if isinstance(found, CaseImport) else found

    @routes.get("/{name}/refused.csv", summary="未收的行", response_class=Response)
    @door(Action.WRITE, "case")
    def refused(name: str, subject: _SubjectOf) -> Response:
        """Row, column, problem, remedy, for a spreadsheet."""
        found = _own(services, subject, name)
        if not isinstance(found, CaseImport):
            raise BadRequest("这次导入还没有完成;请稍后再下载")
        rows = [
            (str(row["row"]), row["item"], row["problem"], row["remedy"])
            for row in found.result["rows"]
        ]
        return _csv("未收的行.csv", [_REPORT, *rows])

    return routes


def _taking(routes: APIRouter, services: Services, tables: CaseTables) -> None:
    @routes.post("", summary="导入事件表(CSV、Excel)")
    @door(Action.WRITE, "case")
    async def take(
        request: Request,
        response: Response,
        subject: _SubjectOf,
        name: Annotated[str, Query(max_length=200, description="文件名")] = "事件.csv",
        crs: Annotated[str, Query(max_length=60, description="坐标系,不写为 WGS-84")] = "",
        dates: Annotated[str, Query(description="ymd 或 mdy(美式日期)")] = "ymd",
    ) -> dict[str, Any]:
        """Take the body in as a table of cases."""
        _require(services, subject)
        options = await run_in_threadpool(read_options, crs, dates)
        content = await _body(request)
        event = AuditEvent(subject.id, "case.import", name, address=client_address(request.scope))
        await run_in_threadpool(services.audit.append, event)
        if len(content) > AT_ONCE:
            response.status_code = 202
            return await run_in_threadpool(_later, tables, name, content, options, subject)
        kept, _ = await run_in_threadpool(tables.take, name, content, options, subject.person)
        return _told(kept)


def _later(
    tables: CaseTables, name: str, content: bytes, options: Options, subject: Subject
) -> dict[str, Any]:
    made, job = tables.later(name, content, options, subject.person)
    return {
        "id": made,
        "name": name,
        "state": "排队中",
        "job": job,
        "accepted": None,
        "refused": None,
        "rows": [],
        "report_url": f"/api/v1/case-imports/{made}",
    }


def _told(one: CaseImport) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "state": "已停止" if one.result.get("stopped") else "已完成",
        "at": moment(one.at),
        **one.result,
        "rows": one.result.get("rows", [])[:_SHOWN],
        "report_url": f"/api/v1/case-imports/{one.id}",
    }


def _own(services: Services, subject: Subject, name: str) -> CaseImport | dict[str, Any]:
    """The import, or how far its job is; refused alike where it is another's and not there."""
    _require(services, subject)
    everybody = bool(may(subject, Action.PUBLISH, resource(services)))
    found = services.case_imports.find(name)
    if found is not None and (everybody or found.by == subject.person):
        return found
    jobs = services.jobs.list(subject=f"cases:{name}", limit=1) if name.isalnum() else []
    if found is None and jobs and (everybody or jobs[0].created_by == subject.person):
        job = jobs[0]
        return {
            "id": name,
            "name": str(job.payload.get("name", "")),
            "state": STATE_TITLES[job.state],
            "progress": None if job.progress is None else dict(job.progress),
            "problem": job.error,
            "accepted": None,
            "refused": None,
            "rows": [],
            "report_url": f"/api/v1/case-imports/{name}",
        }
    raise UnknownJob("没有这次导入,或不是您导入的")


def _require(services: Services, subject: Subject) -> None:
    if subject.anonymous or not may(subject, Action.WRITE, resource(services)):
        raise Forbidden("没有登记事件的权限;请向系统管理员申请网格专题的角色")


async def _body(request: Request) -> bytes:
    content = bytearray()
    async for block in request.stream():
        content += block
        if len(content) > SIZES.largest:
            raise HTTPException(413, f"文件超过 {SIZES.largest >> 20} MB;请分成几个文件导入")
    if not content:
        raise BadRequest("没有文件内容;请把 CSV 或 Excel 文件作为请求正文发送")
    return bytes(content)


def _csv(name: str, rows: list[tuple[str, ...]]) -> Response:
    out = io.StringIO()
    csv.writer(out).writerows([[_plain(cell) for cell in row] for row in rows])
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(
        b"\xef\xbb\xbf" + out.getvalue().encode(),
        media_type="text/csv; charset=utf-8",
        headers=headers,
    )


def _plain(cell: str) -> str:
    """A text that no spreadsheet runs as a formula."""
    return "'" + cell if cell.startswith(_FORMULA) else cell
