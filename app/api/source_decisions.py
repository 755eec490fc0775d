"""/api/v1/sources/{id}/state and /held/{batch}: what only a reviewer decides."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.errors import BadRequest
from app.security.contracts import Action
from app.security.doors import door
from app.services import Services
from app.sources.desk import Asking, SourceDesk, act, private
from app.sources.trial import values_json
from app.sources.view import source_json
from topics.kit.refresh.held import HeldState
from topics.kit.refresh.mapping import Mapped
from topics.kit.runs import Pause
from topics.kit.texts import storable

_SHOWN = 50


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Switch(_Body):
    """On or off, and why."""

    enabled: bool
    reason: str = Field("", max_length=500, description="原因;停用时必填")


class Decision(_Body):
    """What becomes of a batch that waits."""

    action: Literal["release", "discard"] = Field(description="release 确认入库,discard 作废")
    note: str = Field("", max_length=500, description="说明")


def add(routes: APIRouter, services: Services, desk: SourceDesk) -> None:
    """Add the routes."""

    @routes.get("/{refresher}/held/{batch}", summary="暂存批次里的数值")
    @door(Action.PUBLISH, "observation")
    def values(refresher: str, batch: str, subject: Asking, response: Response) -> dict[str, Any]:
        """The first values of a batch beside those in force, to those who may decide."""
        private(response)
        spec = desk.decidable(refresher, subject)
        content = services.held.content(spec.id, batch if storable(batch) else "")
        shown = content[:_SHOWN]
        latest = services.observations.latest(
            indicators=sorted({one.indicator for one in shown}),
            regions=sorted({one.region for one in shown}),
            as_of=None,
        )
        before = {(one.indicator, one.region): one.value for one in latest}
        items = [
            one | {"before": before.get((one["indicator"], one["region"]))}
            for one in values_json(services, shown)
        ]
        return {"items": items, "count": len(content)}

    @routes.post("/{refresher}/held/{batch}", summary="确认入库或作废")
    @door(Action.PUBLISH, "observation")
    def decide(
        refresher: str, batch: str, body: Decision, request: Request, subject: Asking
    ) -> dict[str, Any]:
        """Store the batch or throw it away, once; what is done is audited with it."""
        spec = desk.decidable(refresher, subject)
        released = body.action == "release"
        state = HeldState.RELEASED if released else HeldState.DISCARDED
        name = batch if storable(batch) else ""
        event = act(request, subject, f"refresher.{body.action}", spec, batch=name, note=body.note)
        kept, mapped = 0, Mapped()
        with services.audit.recording(event) as transaction:
            mapped.observations = services.held.decide(
                spec.id,
                name,
                state,
                by=subject.id,
                note=body.note,
                now=datetime.now(UTC),
                connection=transaction,
            )
            if released:
                mapped.keep_within(services.catalogue.find)
                kept = len(
                    services.observations.append(mapped.observations, connection=transaction)
                )
        if kept:
            services.relay.relay()
        return {"kept": kept, "refused": mapped.refused, "state": state}

    @routes.post("/{refresher}/state", summary="停用或启用")
    @door(Action.PUBLISH, "observation")
    def switch(refresher: str, body: Switch, request: Request, subject: Asking) -> dict[str, Any]:
        """Switch off (with a reason) or on; the last values stay."""
        spec = desk.decidable(refresher, subject)
        if not body.enabled and len(body.reason) < 2:
            raise BadRequest("停用要写原因;例如 来源系统升级,预计周五恢复")
        action = "refresher.enable" if body.enabled else "refresher.disable"
        event = act(request, subject, action, spec, reason=body.reason)
        with services.audit.recording(event) as transaction:
            if body.enabled:
                services.refreshers.resume(spec.id, transaction)
            else:
                pause = Pause(spec.id, body.reason, subject.id, datetime.now(UTC))
                services.refreshers.pause(pause, transaction)
        return source_json(services, spec, desk.known(), subject, desk.names)
