"""New alert rules over HTTP: what may be chosen, and the change that makes one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.rules.form import form_of, fresh_id
from app.rules.steps import RuleSteps, rule_resource
from app.rules.telling import RuleTexts
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import require
from app.security.requests import client_address
from app.services import Services

Asking = Annotated[Subject, Depends(current_subject)]


class Begun(BaseModel):
    """A new rule somebody asks for."""

    model_config = ConfigDict(extra="forbid")
    topic: str = Field(description="哪个专题的规则", max_length=60)
    fields: dict[str, Any] = Field(description="写法同专题清单的 [[alerts]]", max_length=40)
    reason: str = Field("", max_length=2000, description="原因或依据")
    submit: bool = Field(False, description="保存后立即提交审核")


def add_beginning(
    routes: APIRouter, services: Services, steps: RuleSteps, texts: RuleTexts
) -> None:
    """Add the routes; before those of one rule, whose id could be taken for theirs."""

    @routes.get("/rules/form", summary="编规则时可选的专题、指标、单位、类别")
    @door(Action.READ, "rule")
    def form(subject: Asking, response: Response) -> dict[str, Any]:
        """What may be chosen; no topics for who may write none."""
        response.headers["Cache-Control"] = "private, no-cache"
        return form_of(services, subject)

    @routes.post("/rules", summary="编制一条新规则;发布后生效")
    @door(Action.WRITE, "rule")
    def begin(wanted: Begun, subject: Asking, request: Request) -> dict[str, Any]:
        """A change that makes the rule; 422 names each wrong field."""
        name = fresh_id(wanted.topic)
        may_write = Resource("rule", name, topic=wanted.topic)
        require(subject, Action.WRITE, may_write)
        draft = services.rules.begun(name, wanted.fields)
        require(subject, Action.WRITE, rule_resource(services, draft))
        address = client_address(request.scope)
        made, rule = steps.begin(
            name, wanted.fields, wanted.reason, subject, address, submit=wanted.submit
        )
        return texts.change(made, rule, subject)
