"""Tables on their way in and out of a form: pasted, uploaded, and the template."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from app.api.reporting_doors import ReportDoors
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.services import Services
from topics.kit.period_labels import label
from topics.kit.reporting.contracts import Form, Place
from topics.kit.reporting.placing import Placed, place_file, place_table
from topics.kit.reporting.tables import pasted, read_file
from topics.kit.reporting.template import file_name, template

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SubjectOf = Annotated[Subject, Depends(current_subject)]


def router(services: Services) -> APIRouter:
    """The routes of tables, below those of a form's period."""
    routes = APIRouter()
    doors = ReportDoors(services)

    @routes.post("/{form}/{period}/table", summary="把粘贴或上传的表格放进报表的格子,不保存")
    @door(Action.WRITE, "observation")
    async def table(
        form: str,
        period: str,
        request: Request,
        subject: _SubjectOf,
        name: Annotated[str | None, Query(max_length=200, description="文件名;粘贴时不写")] = None,
        at: Annotated[str | None, Query(description="粘贴的起点:指标|区划代码")] = None,
    ) -> dict[str, Any]:
        """Where each cell belongs, and what had no place. The body is the text or the file."""
        content = await request.body()

        def read() -> Placed:
            found = doors.require(subject, form, period, datetime.now(UTC))
            return _placed(found, content, name, at)

        placed = await run_in_threadpool(read)
        return {
            "cells": {str(place): text for place, text in placed.texts.items()},
            "notes": placed.notes,
        }

    @routes.get(
        "/{form}/{period}/template.xlsx",
        summary="下载模板:上期、同期和口径",
        response_class=Response,
    )
    @door(Action.WRITE, "observation")
    def workbook(form: str, period: str, subject: _SubjectOf) -> Response:
        """A workbook to fill in: open cells for numbers, everything else locked."""
        now = datetime.now(UTC)
        found = doors.require(subject, form, period, now)
        filing = services.report_store.find(found.spec.id, found.period)
        known = services.reports.forms.known(found)
        beside = services.reports.forms.neighbours(found)
        labels = {"last": label(beside.last, now=now), "same": label(beside.same, now=now)}
        owner = services.organisations.name(found.spec.owner)
        content = template(found, filing.cells, known, labels, owner)
        named = f"attachment; filename*=UTF-8''{quote(file_name(found, now))}"
        headers = {"Content-Disposition": named, "Cache-Control": "private, no-store"}
        return Response(content, media_type=_XLSX, headers=headers)

    return routes


def _placed(form: Form, content: bytes, name: str | None, at: str | None) -> Placed:
    if name is not None:
        return place_file(form, read_file(name, content))
    start = Place.parse(at) if at else None
    return place_table(form, pasted(content.decode("utf-8", "replace")), start)
