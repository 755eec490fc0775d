"""/api/v1/rules: alert rules told, tried on the past, and changed under review."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.past_moment import past_moment
from app.api.rule_beginning import add_beginning
from app.rules.form import fresh_id
from app.rules.steps import RuleSteps, rule_resource
from app.rules.telling import RuleTexts
from app.rules.trial import TrialMode, Trials
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.may import require
from app.security.requests import client_address
from app.services import Services
from topics.kit.alerting.rules import Rule
from topics.kit.definitions.changes import OPEN, Step
from topics.kit.errors import UnknownChange
from topics.kit.period_texts import parse_moment

_MODES = "按哪种界限:peacetime 平时,wartime 战时,then 按当时的平战"
Asking = Annotated[Subject, Depends(current_subject)]
AsOf = Annotated[str | None, Query(description="按当时所知;不带时区按北京时间")]


class Wanted(BaseModel):
    """A change somebody asks for."""

    model_config = ConfigDict(extra="forbid")
    fields: dict[str, Any] = Field(description="改哪些项,写法同专题清单", max_length=40)
    reason: str = Field("", max_length=2000, description="原因或依据")
    submit: bool = Field(False, description="保存后立即提交审核")


class Tried(BaseModel):
    """A draft to be tried on the past."""

    model_config = ConfigDict(extra="forbid")
    rule: str = Field("", description="规则编号;新规则不写", max_length=120)
    topic: str = Field("", description="新规则的专题", max_length=60)
    fields: dict[str, Any] = Field(default_factory=dict, max_length=40)
    start: str | None = Field(None, alias="from", description="从哪天起;不写为一年前")
    end: str | None = Field(None, alias="to", description="到哪天止;不写为现在")
    mode: TrialMode = Field("peacetime", description=_MODES)


class Noted(BaseModel):
    """A step with its note."""

    model_config = ConfigDict(extra="forbid")
    note: str = Field("", max_length=2000, description="退回、紧急发布要写明原因")


def router(services: Services) -> APIRouter:
    """The list, one rule, its trial, and changes with their steps."""
    routes = APIRouter(prefix="/api/v1", tags=["告警规则"])
    steps, trials = RuleSteps(services), Trials(services)
    texts = RuleTexts(services, steps)

    add_beginning(routes, services, steps, texts)

    def required(subject: Subject, name: str, as_of: datetime | None = None) -> Rule:
        rule = services.rules.require(name, as_of=as_of)
        require(subject, Action.READ, rule_resource(services, rule))
        return rule

    @routes.get("/rules", summary="告警规则:界限、状态、最近一次改动")
    @door(Action.READ, "rule")
    def listed(
        subject: Asking, response: Response, topic: str = "", as_of: AsOf = None
    ) -> dict[str, Any]:
        """The rules the subject may see, by topic."""
        response.headers["Cache-Control"] = "private, no-cache"
        moment = past_moment(as_of)
        known = services.rules.all(as_of=moment).values()
        seen = [one for one in known if topic in ("", one.topic) and texts.sees(subject, one)]
        standings = texts.standings(moment)
        last = {one.rule: one for one in services.rule_store.versions(as_of=moment)}
        waiting = Counter(one.indicator for one in services.rule_store.changes(states=sorted(OPEN)))
        items = [texts.short(one, standings, last, waiting) for one in seen]
        return {
            "items": items,
            "next": None,
            "total": len(items),
            "new": texts.waiting(subject) if moment is None else [],
            "review": steps.review,
            "evaluated_at": services.standings.evaluated_at(),
        }

    @routes.get("/rules/{rule}", summary="一条规则:全部设置、各地点状态、版本、变更单")
    @door(Action.READ, "rule")
    def told(rule: str, subject: Asking, response: Response, as_of: AsOf = None) -> dict[str, Any]:
        """The rule in force, or as it was at `as_of`."""
        response.headers["Cache-Control"] = "private, no-cache"
        moment = past_moment(as_of)
        found = required(subject, rule, moment)
        versions = services.rule_store.versions(as_of=moment, rule=rule)
        standings = texts.standings(moment)
        return texts.full(found, standings, versions, subject)

    @routes.get("/rules/{rule}/backtest", summary="这条规则在过去会触发几次")
    @door(Action.READ, "rule")
    def tried(
        rule: str,
        subject: Asking,
        start: Annotated[str | None, Query(alias="from")] = None,
        end: Annotated[str | None, Query(alias="to")] = None,
        mode: Annotated[TrialMode, Query(description=_MODES)] = "peacetime",
    ) -> dict[str, Any]:
        """The rule in force on stored values, by default of the year up to now."""
        found = required(subject, rule)
        trial = trials.of(found, _at(start), _at(end), datetime.now(UTC), mode)
        return texts.trial(found, trial)

    @routes.post("/rules/backtest", summary="改动后的规则在过去会触发几次;不保存任何东西")
    @door(Action.READ, "rule")
    def tried_draft(asked: Tried, subject: Asking) -> dict[str, Any]:
        """A draft on stored values; 422 names each wrong field."""
        if asked.rule:
            required(subject, asked.rule)
            draft = services.rules.drafted(asked.rule, asked.fields)
        else:
            draft = services.rules.begun(fresh_id(asked.topic), asked.fields)
            require(subject, Action.READ, rule_resource(services, draft))
        start, end = _at(asked.start), _at(asked.end)
        trial = trials.of(draft, start, end, datetime.now(UTC), asked.mode)
        return texts.trial(draft, trial)

    @routes.post("/rules/{rule}/changes", summary="编制一份规则变更单")
    @door(Action.WRITE, "rule")
    def change(rule: str, wanted: Wanted, subject: Asking, request: Request) -> dict[str, Any]:
        """A draft, or with `submit` one that waits for review; 422 names the wrong field."""
        found = required(subject, rule)
        require(subject, Action.WRITE, rule_resource(services, found))
        address = client_address(request.scope)
        made = steps.draft(
            found, wanted.fields, wanted.reason, subject, address, submit=wanted.submit
        )
        return texts.change(made, found, subject)

    @routes.post("/rules/{rule}/changes/{change}/{step}", summary="提交、发布、退回、撤销")
    @door(Action.WRITE, "rule")
    def step(
        rule: str, change: str, step: Step, noted: Noted, subject: Asking, request: Request
    ) -> dict[str, Any]:
        """The change after the step; 409 says what is possible instead."""
        row = services.rule_store.hold(change)
        if row.indicator != rule:
            raise UnknownChange(f"规则 {rule} 没有变更单 {change!r};请从告警规则页打开")
        found = services.rules.all().get(rule) or steps.wanted(row)[0]
        require(subject, Action.READ, rule_resource(services, found))
        require(subject, Action.WRITE, rule_resource(services, found))
        address = client_address(request.scope)
        made = steps.take(row, step, found, subject, noted.note, address)
        return texts.change(made, services.rules.all().get(rule, found), subject)

    return routes


def _at(text: str | None) -> datetime | None:
    return parse_moment(text) if text else None
