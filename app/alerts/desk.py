"""What people do with alerts: rights first, then the pure step, the audit and the log together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.alerts.rulebook import RuleNotes
from app.alerts.sight import AlertSight, resource_of
from app.security.contracts import Action, Resource, Subject
from app.security.may import may, require
from app.security.people import AuditEvent
from app.services import Services
from topics.kit.alerting.contracts import Alert, AlertEvent
from topics.kit.alerting.handling import (
    BY_LEADER,
    LABELS,
    Do,
    Hand,
    acknowledge,
    bad,
    why_not,
)
from topics.kit.alerting.handling_rules import HandlingRules
from topics.kit.errors import UnknownAlert
from topics.kit.texts import storable

Step = Callable[[Alert, Hand, Any], Sequence[AlertEvent]]
"""What an act makes of the alert; the last argument is the transaction it is part of."""

Plain = Callable[[Alert, Hand], Sequence[AlertEvent]]


def plain(step: Plain) -> Step:
    """A step that writes nothing but its events."""
    return lambda one, hand, _: step(one, hand)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who acts, from where; the moment is set once for the whole act."""

    subject: Subject
    address: str = ""

    @property
    def hand(self) -> Hand:
        """The acting person, now."""
        return Hand(self.subject.person, datetime.now(UTC))


class AlertDesk:
    """Acts on the alerts of `services`."""

    def __init__(self, services: Services, rules: RuleNotes, handling: HandlingRules) -> None:
        """Use the log, the audit and the tables."""
        self._services = services
        self.rules = rules
        self.handling = handling

    def seen(self, alert: str, subject: Subject, as_of: datetime | None = None) -> Alert:
        """The alert; UnknownAlert when there is none that the subject may see."""
        found = self._services.alerts.find(alert, as_of=as_of) if storable(alert) else None
        sight = AlertSight(self._services, subject)
        if found is None or found.fired_at is None or not sight.of(found):
            raise UnknownAlert("没有这条告警,或您看不到它;请从告警中心打开")
        return found

    def act(
        self,
        alert: str,
        do: Do,
        asked: Asked,
        step: Step,
        *,
        beside: Sequence[AuditEvent] = (),
        **detail: Any,
    ) -> Alert:
        """The alert after the step; it is logged and audited, or nothing happened.

        `beside` may be filled by the step: what else it did, audited in the same transaction.
        """
        found = self.seen(alert, asked.subject)
        require(asked.subject, Action.WRITE, needed(self._services, found, do))
        hand = asked.hand
        with self._services.audit.recording(_event(asked, do, found, detail)) as transaction:
            after = self._services.alerts.act(
                alert, lambda one: step(one, hand, transaction), connection=transaction
            )
            # The chain of the audit is held last, by everybody: nobody waits in a circle.
            for one in beside:
                self._services.audit.append(one, connection=transaction)
            return after

    def acknowledge(self, alert: str, asked: Asked) -> Alert:
        """确认, of those shown under the alert too: they are one line on the screen."""
        after = self.act(alert, Do.ACK, asked, plain(acknowledge))
        for one in self._services.alert_tallies.members(alert, limit=10_000):
            if one.acknowledged_at is None:
                self.act(one.id, Do.ACK, asked, _if_open(plain(acknowledge)))
        return after

    def actions(self, alert: Alert, subject: Subject, now: datetime) -> list[dict[str, Any]]:
        """Every action with whether this person may take it now, and why not."""
        made = []
        for do in Do:
            decision = may(subject, Action.WRITE, needed(self._services, alert, do))
            why = decision.reason if not decision else why_not(alert, do, now)
            if not decision and not subject.anonymous:
                why = "知悉、督办由领导作出" if do in BY_LEADER else "由值班人员处理"
            made.append({"do": do.value, "label": LABELS[do], "allowed": not why, "why": why})
        return made

    def unit(self, name: str, now: datetime) -> str:
        """The unit's id; BadAlertAction when there is none of that id."""
        if not storable(name) or self._services.organisations.find(name, now.date()) is None:
            raise bad("unit", f"没有单位 {name!r};请从单位名录里选")
        return name


def needed(services: Services, alert: Alert, do: Do) -> Resource:
    """The right that an action takes: the shift writes alerts, a leader writes directives."""
    resource = resource_of(services, alert)
    if do not in BY_LEADER:
        return resource
    return Resource("directive", alert.id, alert.topic, resource.classification)


def _if_open(step: Step) -> Step:
    return lambda one, hand, writing: step(one, hand, writing) if one.open else []


def _event(asked: Asked, do: Do, alert: Alert, detail: dict[str, Any]) -> AuditEvent:
    return AuditEvent(
        actor=asked.subject.id,
        action=f"alert.{do.value}",
        object=alert.id,
        address=asked.address,
        detail={"rule": alert.key.rule, "region": alert.key.region, **detail},
    )
