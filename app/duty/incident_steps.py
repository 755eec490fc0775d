"""Steps of incidents: what each needs, and what is logged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.api.duty_body import moment_of, text_of, words_of
from app.services import Services
from topics.kit.duty.incidents import (
    Incident,
    IncidentEvent,
    IncidentState,
    IncidentStep,
    check_report,
    open_reports,
)
from topics.kit.errors import BadDuty, StepRefused, UnknownDuty, UnknownRegion
from topics.kit.words.clock import local


class IncidentSteps:
    """Takes steps; the caller asked `may` and gives the transaction."""

    names = tuple(one.value for one in IncidentStep if one is not IncidentStep.OPENED)

    def __init__(self, services: Services) -> None:
        """Use the incidents and plans of `services`."""
        self._services = services

    def drill(self, now: datetime) -> bool:
        """Whether a drill is on, so that what begins now belongs to it."""
        return self._services.modes.at(now).drill is not None

    def need(self, incident: str, as_of: datetime | None) -> Incident:
        """The incident as of a moment; UnknownDuty where there is none."""
        found = self._services.duty.incidents.find(incident, as_of=as_of)
        if found is None:
            raise UnknownDuty("没有这起突发事件;请从值班页打开")
        return found

    def new(self, incident: str, body: dict[str, Any], *, by: str, now: datetime) -> Incident:
        """What a request registers; BadDuty or UnknownRegion says what cannot be."""
        made = Incident(
            id=incident,
            title=text_of(body, "title"),
            region=text_of(body, "region"),
            place=words_of(body, "place"),
            kind=text_of(body, "kind"),
            happened_at=moment_of(body, "happened_at", now),
            known_at=moment_of(body, "known_at", now),
            opened_by=by,
            drill=self.drill(now),
            recorded_at=now,
        )
        wrong = []
        if made.happened_at > made.known_at:
            wrong.append(("happened_at", "发生时间晚于接报时间;请改正其中一个"))
        if made.known_at > now:
            wrong.append(("known_at", "接报时间在将来;请核对日期和钟点"))
        if wrong:
            raise BadDuty(";".join(said for _, said in wrong), problems=wrong)
        if self._services.regions.find(made.region, local(now).date()) is None:
            raise UnknownRegion(f"没有区划 {made.region!r};请用区划代码,如 440205")
        return made

    def take(
        self,
        incident: str,
        step: str,
        body: dict[str, Any],
        *,
        by: str,
        now: datetime,
        connection: Any,
    ) -> None:
        """Log the step; StepRefused, BadDuty or UnknownDuty says what is in the way."""
        store = self._services.duty.incidents
        one = store.find(incident, connection=connection)
        if one is None:
            raise UnknownDuty("没有这起突发事件;请从值班页打开")
        text, data = self._made(one, IncidentStep(step), body)
        event = IncidentEvent(incident, IncidentStep(step), now, by, text, data)
        store.log(event, connection=connection)

    def _made(
        self, one: Incident, step: IncidentStep, body: dict[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        """Text and data of the line that is logged."""
        if step is IncidentStep.REPORTED:
            return self._report(one, body)
        if step is IncidentStep.PLAN:
            return "", {"plan": self._plan(text_of(body, "plan"))}
        if step in {IncidentStep.TICKED, IncidentStep.UNTICKED}:
            return words_of(body, "text"), self._tick(one, step, body)
        if step is IncidentStep.ENDED and one.state is not IncidentState.RUNNING:
            raise StepRefused(
                f"现在是“{one.state}”,不能再结束处置",
                problem={"state": one.state, "allowed": open_reports(one)},
            )
        return text_of(body, "text"), {}

    def _report(self, one: Incident, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        text, way = text_of(body, "text"), text_of(body, "way")
        again = body.get("again") is True
        kind = check_report(one, text_of(body, "report"), way, text, again=again)
        same = [event.data for event in one.reports if event.data["report"] == kind.value]
        number = max((int(data["number"]) for data in same), default=0) + (0 if again else 1)
        version = sum(int(data["number"]) == number for data in same) + 1
        return text, {"report": kind.value, "way": way, "number": number, "version": version}

    def _tick(self, one: Incident, step: IncidentStep, body: dict[str, Any]) -> dict[str, Any]:
        plan, item = text_of(body, "plan"), text_of(body, "item")
        known = self._services.duty.plan(self._plan(plan))
        if known is None or item not in {each.id for each in known.items}:
            raise UnknownDuty(f"预案 {plan} 没有第 {item} 项;请从清单中勾选")
        if plan not in one.plans:
            raise StepRefused(
                "预案还没有启动;请先启动预案", problem={"state": one.state, "allowed": []}
            )
        done = (plan, item) in one.ticks
        if done == (step is IncidentStep.TICKED):
            word = "已经完成" if done else "还没有完成"
            raise StepRefused(
                f"这一项{word};请刷新清单", problem={"state": one.state, "allowed": []}
            )
        return {"plan": plan, "item": item}

    def _plan(self, plan: str) -> str:
        if self._services.duty.plan(plan) is None:
            known = "、".join(one.id for one in self._services.duty.plans)
            raise UnknownDuty(f"没有预案 {plan};现有:{known}")
        return plan
