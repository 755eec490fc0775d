"""突发事件 and 预案 as pages and scripts read them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.api.duty_json import DutyJson, moment
from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from app.services import Services
from topics.kit.duty.incidents import (
    WAYS,
    Due,
    Incident,
    IncidentEvent,
    IncidentState,
    IncidentStep,
    dues,
    open_reports,
)
from topics.kit.duty.plans import Plan
from topics.kit.words.clock import moment_text
from topics.kit.words.lasting import lasting


class IncidentJson:
    """Writes incidents as JSON."""

    def __init__(self, services: Services) -> None:
        """Use the regions, people and tables of `services`."""
        self._services = services
        self._duty = DutyJson(services)

    def clocks(self) -> list[dict[str, Any]]:
        """The clocks with their source; what is not verified says so."""
        return [
            {
                "title": one.title,
                "limit_text": lasting(one.limit),
                "source": one.source,
                "verified": one.status.startswith("verified"),
            }
            for one in self._services.duty.clocks
        ]

    def brief(self, one: Incident, now: datetime) -> dict[str, Any]:
        """One row of a list."""
        found = dues(one, self._services.duty.clocks, now)
        late = [due for due in found if due.late and due.done is None]
        region = self._services.regions.find(one.region)
        end = one.ended_at or now
        return {
            "id": one.id,
            "title": one.title,
            "kind": one.kind,
            "region": one.region,
            "place": " · ".join(p for p in (region.name if region else one.region, one.place) if p),
            "happened_at": moment(one.happened_at),
            "happened_text": moment_text(one.happened_at, now),
            "known_at": moment(one.known_at),
            "known_text": moment_text(one.known_at, now),
            "recorded_at": moment(one.recorded_at),
            "lasted_text": lasting(end - one.known_at),
            "state": one.state.value,
            "running": one.state is IncidentState.RUNNING,
            "drill": one.drill,
            "overdue": bool(late),
            "dues": [_due(due, now) for due in found],
            "reports": len(one.reports),
        }

    def full(self, one: Incident, known: datetime | None, subject: Subject) -> dict[str, Any]:
        """One incident with its reports, checklists and log."""
        now = known or datetime.now(UTC)
        log = self._services.duty.incidents.events(one.id, as_of=known)
        plans = [self._services.duty.plan(plan) for plan in one.plans]
        may_write = known is None and bool(may(subject, Action.WRITE, Resource("duty")))
        return self.brief(one, now) | {
            "versions": [self._report(event, now) for event in one.reports],
            "plans": [self.plan(plan, one, subject) for plan in plans if plan is not None],
            "other_plans": [
                {"id": plan.id, "title": plan.title}
                for plan in self._services.duty.plans
                if plan.id not in one.plans
            ],
            "log": [self._event(event, now) for event in log],
            "open_reports": open_reports(one) if may_write else [],
            "ways": list(WAYS),
            "may_write": may_write,
        }

    def plan(self, plan: Plan, one: Incident | None, subject: Subject) -> dict[str, Any]:
        """A checklist; of an incident with who ticked what when."""
        now = datetime.now(UTC)
        people = self._services.duty.people.all()
        ticks = one.ticks if one is not None else {}
        items = []
        for item in plan.items:
            tick = ticks.get((plan.id, item.id))
            contact = next((each for each in people if each.unit == item.unit), None)
            items.append(
                {
                    "id": item.id,
                    "text": item.text,
                    "unit_name": self._services.organisations.name(item.unit),
                    "minutes": item.minutes,
                    "resource": item.resource,
                    "contact": contact and self._duty.person(contact, subject),
                    "done_by": self._duty.names.name(tick[0]) if tick else "",
                    "done_text": moment_text(tick[1], now) if tick else "",
                }
            )
        named = {"id": plan.id, "title": plan.title, "source": plan.source}
        return named | {"verified": plan.verified, "items": items}

    def _report(self, event: IncidentEvent, now: datetime) -> dict[str, Any]:
        data = event.data
        number = f"(第 {data['number']} 次)" if data["report"] == "续报" else ""
        version = f" · 第 {data['version']} 版" if int(data["version"]) > 1 else ""
        return {
            "title": f"{data['report']}{number}{version}",
            "way": data["way"],
            "text": event.text,
            "at": moment(event.at),
            "at_text": moment_text(event.at, now),
            "actor_name": self._duty.names.name(event.actor),
        }

    def _event(self, event: IncidentEvent, now: datetime) -> dict[str, Any]:
        return {
            "at": moment(event.at),
            "at_text": moment_text(event.at, now),
            "step": event.step.value,
            "text": self._words(event),
            "actor_name": self._duty.names.name(event.actor),
        }

    def _words(self, event: IncidentEvent) -> str:
        if event.step is IncidentStep.REPORTED:
            return f"{event.data['report']}({event.data['way']})"
        plan = self._services.duty.plan(str(event.data.get("plan", "")))
        if plan is None:
            return event.text
        item = next((one for one in plan.items if one.id == event.data.get("item")), None)
        return f"{plan.title} · {item.text}" if item else plan.title


def _due(due: Due, now: datetime) -> dict[str, Any]:
    if due.done is not None:
        words = f"{moment_text(due.done, now)} 已报"
        words += f",迟 {lasting(due.done - due.due)}" if due.late else ""
    else:
        left = due.due - now
        words = f"超时 {lasting(-left)}" if due.late else f"还剩 {lasting(left)}"
    return {
        "title": due.clock.title,
        "due": moment(due.due),
        "due_text": moment_text(due.due, now),
        "done": due.done is not None,
        "late": due.late,
        "text": words,
        "source": due.clock.source,
        "verified": due.clock.status.startswith("verified"),
    }
