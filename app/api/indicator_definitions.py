"""/api/v1/definitions: indicators with their definitions, found, told in full, and changed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.definitions.desk import desk_of
from app.definitions.finding import find
from app.definitions.steps import DefinitionSteps
from app.definitions.telling import DefinitionTexts, definition_resource
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import may, require
from app.security.requests import client_address
from app.services import Services
from layers.contracts import Classification
from topics.kit.definitions.changes import OPEN, Step
from topics.kit.definitions.desk import Wish
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.period_texts import parse_moment
from topics.kit.periods import ZONE

Asking = Annotated[Subject, Depends(current_subject)]


class Wanted(BaseModel):
    """A change somebody asks for."""

    model_config = ConfigDict(extra="forbid")
    fields: dict[str, Any] = Field(description="改哪些项;null 为恢复缺省", max_length=40)
    reason: str = Field("", max_length=2000, description="原因或依据文件")
    valid_from: date | None = Field(None, description="从哪一天的数据起执行")
    breaks: bool | None = Field(None, description="前后是否不可比;不写按改动项判断")
    submit: bool = Field(False, description="保存后立即提交审核")


class Moved(BaseModel):
    """A step of a change."""

    model_config = ConfigDict(extra="forbid")
    to: Step = Field(description="提交、审核发布、退回、紧急发布、撤销")
    note: str = Field("", max_length=2000, description="退回、紧急发布要写明原因")


def router(services: Services) -> APIRouter:
    """The list, the detail, and changes with their steps."""
    routes = APIRouter(prefix="/api/v1", tags=["指标管理"])
    texts, desk, steps = DefinitionTexts(services), desk_of(services), DefinitionSteps(services)

    @routes.get("/definitions", summary="指标目录:名称、口径、拼音首字母检索")
    @door(Action.READ, "indicator")
    def listed(
        subject: Asking,
        response: Response,
        q: Annotated[str, Query(max_length=100, description="名称、编号、口径或拼音首字母")] = "",
        topic: str = "",
        owner: str = "",
        level: str = "",
        state: Annotated[
            str, Query(description="open 有待办变更,changed 改过,missing 要素不全")
        ] = "",
    ) -> dict[str, Any]:
        """The indicators the subject may see that fit, nearest first."""
        response.headers["Cache-Control"] = "private, no-cache"
        seen = [one for one in services.catalogue.indicators() if _sees(services, subject, one)]
        names = {one.owner: services.organisations.name(one.owner) for one in seen}
        waiting = Counter[str]()
        if not subject.anonymous:
            waiting.update(one.indicator for one in desk.changes.list(states=sorted(OPEN)))
        rows = [texts.short(one, waiting[one.id]) for one in find(seen, q, names)]
        fits = [
            one
            for one in rows
            if topic in ("", one["topic"])
            and owner in ("", one["owner"])
            and (not level or level in one["levels"])
            and _in_state(one, state)
        ]
        return {
            "items": fits,
            "next": None,
            "total": len(seen),
            "owners": [{"id": key, "name": name} for key, name in sorted(names.items())],
            "topics": [
                {"id": one.id, "title": one.short}
                for one in services.catalogue.topics
                if any(spec.id.startswith(f"{one.id}.") for spec in seen)
            ],
            "may_write": [one.id for one in seen if _can(services, subject, Action.WRITE, one)],
        }

    @routes.get("/definitions/{indicator}", summary="一个指标的定义、版本、目标、关系和可见范围")
    @door(Action.READ, "indicator")
    def told(
        indicator: str,
        subject: Asking,
        response: Response,
        as_of: Annotated[str | None, Query(description="按当时所知;不带时区按北京时间")] = None,
    ) -> dict[str, Any]:
        """The definition in force, or as it was known at `as_of`."""
        response.headers["Cache-Control"] = "private, no-cache"
        spec, now = required(services, subject, indicator), datetime.now(UTC)
        moment = parse_moment(as_of) if as_of else None
        if moment is not None:
            day = moment.astimezone(ZONE).date()
            spec = services.definitions.book.spec(indicator, day, as_of=moment) or spec
        told = texts.full(spec, subject, moment, moment or now)
        person = steps.worker(subject, spec)
        shown = [] if subject.anonymous else desk.changes.list(indicator=indicator, limit=20)
        return told | {
            "changes": [texts.change(one, person, review=desk.review) for one in shown],
            "may_write": person.writes,
            "review": desk.review,
            "as_of": None if moment is None else moment.astimezone(ZONE).isoformat(),
        }

    @routes.post("/definitions/{indicator}/changes", summary="编制一份变更单")
    @door(Action.WRITE, "indicator")
    def change(indicator: str, wanted: Wanted, subject: Asking, request: Request) -> dict[str, Any]:
        """A draft, or with `submit` one that waits for review; 422 names the wrong field."""
        spec = required(services, subject, indicator)
        require(subject, Action.WRITE, definition_resource(services, spec))
        wish = Wish(indicator, wanted.fields, wanted.reason, wanted.valid_from, wanted.breaks)
        person, address = steps.worker(subject, spec), client_address(request.scope)
        made = steps.draft([wish], subject, address, submit=wanted.submit)[0]
        return texts.change(made, person, review=desk.review)

    @routes.get("/definition-changes", summary="变更单")
    @door(Action.WRITE, "indicator")
    def changes(
        subject: Asking,
        state: Annotated[str, Query(description="open 为未办结;不写为全部")] = "",
    ) -> dict[str, Any]:
        """Changes of indicators the subject may see, the last touched first."""
        items = []
        for one in desk.changes.list(states=sorted(OPEN) if state == "open" else None):
            spec = services.catalogue.find(one.indicator)
            if spec is not None and _sees(services, subject, spec):
                person = steps.worker(subject, spec)
                items.append(texts.change(one, person, review=desk.review))
        return {"items": items, "next": None}

    @routes.post("/definition-changes/{change}/transitions", summary="提交、审核发布、退回、撤销")
    @door(Action.WRITE, "indicator")
    def step(change: str, moved: Moved, subject: Asking, request: Request) -> dict[str, Any]:
        """The change after the step; 409 says what is possible instead."""
        row = desk.changes.require(change)
        spec = required(services, subject, row.indicator)
        require(subject, Action.WRITE, definition_resource(services, spec))
        person, address = steps.worker(subject, spec), client_address(request.scope)
        made = steps.take(change, moved.to, person, subject, moved.note, address)
        return texts.change(made, person, review=desk.review)

    return routes


def required(services: Services, subject: Subject, name: str) -> IndicatorSpec:
    """The indicator, which must be readable; what is not there looks as if hidden."""
    spec = services.catalogue.find(name)
    if spec is None:
        hidden = Resource("indicator", name, classification=Classification.HIGHLY_SENSITIVE)
        require(subject, Action.READ, hidden)
        spec = services.catalogue.indicator(name)  # raises UnknownIndicator
    require(subject, Action.READ, definition_resource(services, spec))
    return spec


def _sees(services: Services, subject: Subject, spec: IndicatorSpec) -> bool:
    return _can(services, subject, Action.READ, spec)


def _can(services: Services, subject: Subject, action: Action, spec: IndicatorSpec) -> bool:
    return bool(may(subject, action, definition_resource(services, spec)))


def _in_state(row: dict[str, Any], state: str) -> bool:
    wanted: dict[str, bool] = {
        "": True,
        "open": row["open_changes"] > 0,
        "changed": row["version"] > 1,
        "missing": bool(row["missing"]),
    }
    return wanted.get(state, False)
