"""/api/v1/definition-files: definitions out as a workbook or TOML, and in again after a look."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.definitions.files import FORMATS, LARGEST, compare, export, read
from app.definitions.steps import DefinitionSteps
from app.definitions.telling import definition_resource
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.may import may
from app.security.people import AuditEvent
from app.security.requests import client_address
from app.services import Services
from topics.kit.definitions.desk import Wish
from topics.kit.definitions.fields import breaks_by_itself
from topics.kit.errors import BadDefinition

Asking = Annotated[Subject, Depends(current_subject)]
Form = Annotated[Literal["xlsx", "toml"], Query(alias="format")]


def router(services: Services) -> APIRouter:
    """Export and import."""
    routes = APIRouter(prefix="/api/v1", tags=["指标管理"])
    steps = DefinitionSteps(services)

    @routes.get("/definition-files", summary="导出指标定义(Excel 或 TOML)", response_class=Response)
    @door(Action.READ, "indicator")
    def out(
        subject: Asking,
        request: Request,
        form: Form = "xlsx",
        topic: str = "",
        indicator: Annotated[list[str] | None, Query(description="指标编号,可重复")] = None,
    ) -> Response:
        """The definitions the subject may see, in the form that import reads; audited."""
        specs = [
            one
            for one in services.catalogue.indicators()
            if may(subject, Action.READ, definition_resource(services, one))
            and (not topic or one.id.startswith(f"{topic}."))
            and (not indicator or one.id in indicator)
        ]
        body = export(services, specs, form)
        if not subject.anonymous:
            event = AuditEvent(
                subject.id,
                "indicator.export",
                topic or "全部",
                address=client_address(request.scope),
                detail={"indicators": len(specs), "format": form},
            )
            services.audit.append(event)
        name = f"indicators{f'-{topic}' if topic.isidentifier() else ''}.{form}"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        }
        return Response(body, media_type=FORMATS[form], headers=headers)

    @routes.post("/definition-files", summary="比对一份指标定义文件;确认后成为变更单")
    @door(Action.WRITE, "indicator")
    async def in_(
        subject: Asking,
        request: Request,
        form: Form = "xlsx",
        submit: Annotated[bool, Query(description="无误时成为变更单并提交审核")] = False,
        reason: Annotated[str, Query(max_length=500)] = "",
        valid_from: Annotated[date | None, Query(description="口径改动从哪一天起")] = None,
        breaks: Annotated[bool | None, Query(description="口径改动前后是否不可比")] = None,
    ) -> dict[str, Any]:
        """What the file would change and what is wrong with it; nothing is stored but on submit."""
        body = await _body(request)
        address = client_address(request.scope)

        def work() -> dict[str, Any]:
            rows, problems = read(body, form)
            told = compare(services, subject, rows, problems)
            if not submit:
                return told | {"changes": []}
            if told["problems"]:
                raise BadDefinition(
                    f"文件有 {len(told['problems'])} 处问题,未提交;请按提示修改后重新选择文件"
                )
            if not told["items"]:
                raise BadDefinition("文件与现行定义相同,没有可提交的改动")
            wishes = [_wish(one, reason, valid_from, breaks) for one in told["items"]]
            made = steps.draft(wishes, subject, address, submit=True)
            return told | {"changes": [one.id for one in made]}

        return await run_in_threadpool(work)

    return routes


def _wish(item: dict[str, Any], reason: str, valid_from: date | None, breaks: bool | None) -> Wish:
    """A change of the file; a day and a break concern only those that touch the 口径."""
    deep = breaks_by_itself(item["fields"])
    return Wish(
        item["indicator"],
        item["fields"],
        reason,
        valid_from if deep else None,
        breaks if deep else False,
    )


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            raise HTTPException(413, f"文件超过 {LARGEST // 2**20} MB;请只留要改的指标")
        parts.append(part)
    return b"".join(parts)
