"""One alert with everything its page shows: actions, place, course, history, plan."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.alerts.course import course_of
from app.alerts.desk import AlertDesk
from app.alerts.dispatching import Dispatching
from app.alerts.rows import AlertRows
from app.alerts.sight import AlertSight
from app.alerts.words import event_sub, event_text
from app.api.people_names import PeopleNames
from app.notices.rows import receiver_text
from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from app.services import Services
from layers.errors import LayerError
from topics.kit.alerting.contracts import Alert, AlertEvent, AlertStep
from topics.kit.alerting.handling import Do
from topics.kit.errors import TopicError
from topics.kit.manifest_tables import SiteSpec
from topics.kit.notify.delivery import NoticeState
from topics.kit.periods import ZONE
from topics.kit.quality.freshness import elapsed
from topics.kit.regions import SITE

_UNSENT = 20
_QUIET = frozenset({AlertStep.PENDING, AlertStep.DROPPED})


class AlertDetail:
    """Writes the detail."""

    def __init__(
        self, services: Services, desk: AlertDesk, rows: AlertRows, sending: Dispatching
    ) -> None:
        """Use the desk for what may be done, the rows for what stands in the list."""
        self._services = services
        self._desk = desk
        self._rows = rows
        self._sending = sending
        self._names = PeopleNames(services)

    def of(
        self, alert: Alert, subject: Subject, *, as_of: datetime | None = None
    ) -> dict[str, Any]:
        """The detail as of a moment; in replay nothing can be done."""
        now = as_of or datetime.now(UTC)
        mode = self._services.modes.at(now)
        known = self._members(alert, subject, as_of)
        rows = self._rows.rows(
            [alert, *known], now, subject=subject, as_of=as_of, wartime=mode.wartime
        )
        course = course_of(self._services, alert, subject, now, as_of)
        log = self._services.alerts.events(alert.id, as_of=as_of)
        return rows[0] | {
            "case": self._case(rows[0]),
            "sentence": self._sentence(rows[0]),
            "effect": self._effect(alert, subject, as_of, now),
            "series": {"indicator": alert.indicator, "region": alert.key.region},
            "chart": course.chart,
            "chart_title": course.title,
            "spark": course.spark,
            "events": self._events(alert, log, subject, now),
            "plan": self._plan(alert, as_of),
            "dispatch": None if as_of else self._sending.prefilled(alert),
            "unsent": [] if as_of or subject.anonymous else self._unsent(alert),
            "actions": [] if as_of else self._actions(alert, subject, now),
            "members": rows[1:],
            "mode": {"wartime": mode.wartime, "drill": mode.drill},
        }

    def _actions(self, alert: Alert, subject: Subject, now: datetime) -> list[dict[str, Any]]:
        """What the desk offers; a 派单 needs the right to make such a case too."""
        why = self._sending.why_not(alert, subject)
        return [
            one | {"allowed": False, "why": why}
            if why and one["allowed"] and one["do"] == Do.DISPATCH
            else one
            for one in self._desk.actions(alert, subject, now)
        ]

    def _unsent(self, alert: Alert) -> list[dict[str, str]]:
        """Messages about it that did not get through: to whom, and why not."""
        failed = [NoticeState.FAILED]
        found = self._services.notices.newest(failed, about=f"alert:{alert.id}:", limit=_UNSENT)
        said = {receiver_text(one.message.receiver, self._unit): one.said for one in found}
        return [{"to": to, "said": why} for to, why in said.items()]

    def _members(self, alert: Alert, subject: Subject, as_of: datetime | None) -> list[Alert]:
        sight = AlertSight(self._services, subject)
        if as_of is not None:
            then = self._services.alerts.members_then([alert.id], as_of)
            return [one for one in then.get(alert.id, ()) if sight.of(one)]
        return [one for one in self._services.alert_tallies.members(alert.id) if sight.of(one)]

    def _case(self, row: dict[str, Any]) -> dict[str, Any] | None:
        """The case of the alert with the number that people know it by."""
        case: dict[str, Any] | None = row["case"]
        if case is None:
            return None
        found = self._services.cases.find(case["id"])
        return case | {"number": case["id"] if found is None else found.number}

    def _sentence(self, row: dict[str, Any]) -> str:
        value, limit = row["value"], row["limit"]
        if value is None or limit is None:
            return ""
        unit = f" {value['unit']}" if value["unit"] else ""
        return f"{row['place']}:触发值 {value['text']}{unit},{row['level']}色界限 {limit['text']}。"

    def _effect(self, alert: Alert, subject: Subject, as_of: datetime | None, now: datetime) -> str:
        """What lies down the river, in the one wording of it; "" where there is no network."""
        site = self._services.regions.find(alert.key.region)
        if site is None or site.level != SITE:
            return ""

        def sees(topic: str, spec: SiteSpec) -> bool:
            found = self._services.catalogue.topic(topic)
            demo = found is not None and found.topic.demo
            return bool(may(subject, Action.READ, Resource("region", spec.kind, topic, demo=demo)))

        try:
            trace = self._services.tracing.trace(site, as_of, now.astimezone(ZONE).date(), sees)
        except (LayerError, TopicError):
            return ""  # the network is not published: nothing is known of effects
        return "" if trace is None else trace.words

    def _events(
        self, alert: Alert, log: list[AlertEvent], subject: Subject, now: datetime
    ) -> list[dict[str, Any]]:
        """经过, newest first; who acted is told to those who are signed in."""
        spec = self._services.catalogue.find(alert.indicator) if alert.indicator else None
        precision = spec.precision if spec is not None else 2
        undone = {one.data.get("event") for one in log if one.step is AlertStep.UNDONE}
        shown = [
            one
            for one in log
            if one.step not in _QUIET or (one.step is AlertStep.PENDING and not alert.open)
        ]
        return [
            {
                "id": one.id,
                "at": one.at.astimezone(ZONE).isoformat(),
                "text": event_text(one),
                "sub": event_sub(one, alert, now, unit=self._unit, precision=precision),
                "level": one.level.value if one.level else None,
                "actor": self._actor(one, subject),
                "undone": one.id in undone,
            }
            for one in reversed(shown)
        ]

    def _actor(self, one: AlertEvent, subject: Subject) -> str:
        if one.actor == "system":
            return "system"
        return "" if subject.anonymous else self._names.name(one.actor)

    def _unit(self, unit: str) -> str:
        return self._services.organisations.name(unit) if unit else ""

    def _plan(self, alert: Alert, as_of: datetime | None) -> dict[str, Any] | None:
        plan = self._desk.rules.plan(alert.key.rule, as_of=as_of)
        if plan is None:
            return None
        return {
            "id": plan.id,
            "title": plan.title,
            "lead": {
                "unit": plan.lead,
                "name": self._unit(plan.lead),
                "due_text": elapsed(plan.lead_within),
            },
            "support": [
                {
                    "unit": one,
                    "name": self._unit(one),
                    "due_text": elapsed(plan.support_within) if plan.support_within else "",
                }
                for one in plan.support
            ],
            "demand": plan.demand,
        }
