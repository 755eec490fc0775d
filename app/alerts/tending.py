"""The leader's part in the handling of alerts: groups, inhibition, pauses, escalation, messages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from app.alerts.rulebook import RuleNotes
from app.alerts.sight import alert_resource
from app.services import Services
from layers.contracts import Classification
from topics.kit.alerting.contracts import Alert, AlertEvent, AlertStep
from topics.kit.alerting.fold import apply
from topics.kit.alerting.inhibition import inhibition
from topics.kit.alerting.tending import (
    Units,
    announcements,
    ended_pauses,
    escalations,
    grouping,
    next_rung,
    resolutions,
    shown,
)
from topics.kit.errors import UnknownAlert
from topics.kit.notify.contracts import Message
from topics.kit.periods import ZONE
from topics.kit.scheduler import Beat

logger = logging.getLogger(__name__)

EVERY = timedelta(seconds=1)
_BY_CLOCK = timedelta(seconds=5)  # what time alone brings: pauses that end, escalations
_ENDED = timedelta(minutes=30)
_HANDLED = frozenset({"签收", "处置", "反馈", "核查"})
_OVER = frozenset({"结案", "作废"})
_MOST_KNOWN = 50_000
_AT_ONCE = 1000
_Thing = TypeVar("_Thing")


class Tending:
    """Looks after open alerts while this process leads. Asking again changes nothing.

    Each turn decides from the alerts as they stand and writes events and messages in one
    transaction; a message's key makes a second turn, or a second leader, tell nobody twice.
    """

    def __init__(
        self, services: Services, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Read and write by `services`."""
        self._services = services
        self._rules = RuleNotes(services)
        self._clock = clock
        self._seq = -1
        self._looked = datetime.min.replace(tzinfo=UTC)
        self._told: set[tuple[str, str]] = set()
        self._known: tuple[int, Sequence[Alert]] = (-1, ())

    def beat(self) -> None:
        """One turn when something happened to an alert, else every five seconds."""
        now, seq = self._clock(), self._services.alerts.last()
        if seq == self._seq and now - self._looked < _BY_CLOCK:
            return
        self.turn(now)
        self._seq, self._looked = seq, now

    def turn(self, now: datetime) -> None:
        """Everything that is due now."""
        self._follow_cases(now)
        alerts = self._open()
        if events := self._arranged(alerts, now):
            self._append(events)
            alerts = _after(alerts, events)
        self._escalate(alerts, now)
        self._tell(alerts, now)

    def _open(self) -> Sequence[Alert]:
        """The open alerts; read again only when the log has grown: thousands may be open."""
        last = self._services.alerts.last()
        if last != self._known[0]:
            self._known = last, self._services.alerts.open()
        return self._known[1]

    def _arranged(self, alerts: Sequence[Alert], now: datetime) -> list[AlertEvent]:
        parent = self._parent
        events = ended_pauses(alerts, now)
        events += inhibition(alerts, parent, now, self._rules.ties())
        if not events:
            # What is inhibited is in no group: groups are made when that is settled.
            events = grouping(alerts, parent, now)
        return events

    def _escalate(self, alerts: Sequence[Alert], now: datetime) -> None:
        wartime = self._services.modes.at(now).wartime
        handling = self._services.handling
        due = escalations(alerts, handling, wartime=wartime, now=now)
        for some in _batches(due):
            events = {event.alert: event for event, _ in some}
            messages = {event.alert: message for event, message in some}

            def step(one: Alert, events: dict[str, AlertEvent] = events) -> list[AlertEvent]:
                # Somebody may have acknowledged it, or another leader told it, since it was read.
                rung = next_rung(one, handling.of(one.level, wartime=wartime))
                event = events[one.id]
                due = rung is not None and rung.to == event.data["to"]
                return [event] if due and one.acknowledged_at is None and one.open else []

            with self._services.alerts.transaction() as transaction:
                done = self._services.alerts.act_on(events, step, connection=transaction)
                told = self._classed([messages[one.alert] for one in done], alerts)
                self._services.notices.send(told, now=now, connection=transaction)

    def _tell(self, alerts: Sequence[Alert], now: datetime) -> None:
        wartime = self._services.modes.at(now).wartime
        units = self._rules.routes(wartime=wartime)
        if not self._services.directory.names():
            self._send(_nothing_set_up(alerts, units, now), now)
            return
        messages = announcements(
            alerts,
            self._services.handling,
            units,
            wartime=wartime,
            now=now,
            unheard=self._rules.unheard(units),
        )
        ended = self._services.alert_tallies.resolved_since(now - _ENDED)
        messages += resolutions(ended, self._rules.told_before(units), now=now)
        new = [one for one in messages if (one.key, one.receiver) not in self._told]
        self._send(self._classed(new, [*alerts, *ended]), now)

    def _classed(self, messages: Sequence[Message], alerts: Sequence[Alert]) -> list[Message]:
        """The messages with how secret their alerts are."""
        if not messages:
            return []
        known = {one.id: one for one in alerts}
        rules, classes, found = self._services.rules.all(), dict[str, Classification](), []
        for message in messages:
            one = known[str(message.data["alert"])]
            about = one.key.rule
            if about not in classes:
                resource = alert_resource(
                    self._services, one.topic, one.indicator, about, rules=rules
                )
                classes[about] = resource.classification
            found.append(replace(message, classification=classes[about]))
        return found

    def _send(self, messages: Sequence[Message], now: datetime) -> None:
        if not messages:
            return
        self._services.notices.send(messages, now=now)
        if len(self._told) > _MOST_KNOWN:
            self._told.clear()  # the database knows them all the same
        self._told.update((one.key, one.receiver) for one in messages)

    def _follow_cases(self, now: datetime) -> None:
        """Say on the alert where its case stands; a case that is over is let go, and taken up
        again when it is opened again."""
        store = self._services.alert_cases
        store.reopen(now=now)
        links = store.open_ones()
        if not links:
            return
        lines = {one.id: one for one in self._services.cases.store.lines(links.values())}
        alerts = {one.id: one for one in self._services.alert_tallies.by_ids(list(links))}
        stands = {
            alert: lines[case].state
            for alert, case in links.items()
            if case in lines and alert in alerts
        }
        moved = [one for one, state in stands.items() if not _told(alerts[one], links[one], state)]
        for some in _batches(moved):
            self._say_cases(some, links, stands, now)
        for alert, state in stands.items():
            if state in _OVER:
                store.close(links[alert], now=now, said=state)

    def _say_cases(
        self,
        alerts: Sequence[str],
        links: Mapping[str, str],
        stands: Mapping[str, str],
        now: datetime,
    ) -> None:
        """Say it of those whose link is still open: a 派单 may have been undone meanwhile."""
        held: dict[str, str] = {}

        def step(one: Alert) -> list[AlertEvent]:
            if not held:  # asked once the alerts are ours: nobody undoes anything now
                held.update(self._services.alert_cases.open_ones(connection=transaction))
            case, state = links[one.id], stands[one.id]
            if held.get(one.id) != case or _told(one, case, state):
                return []
            return [_moved(one.id, case, state, now)]

        with self._services.alerts.transaction() as transaction:
            self._services.alerts.act_on(alerts, step, connection=transaction)

    def _append(self, events: Sequence[AlertEvent]) -> None:
        """Write some at a time, so that people's own steps come in between."""
        for some in _batches(events):
            try:
                self._services.alerts.append(some)
            except UnknownAlert as wrong:
                logger.warning("告警整理未写入:%s", wrong)

    def _parent(self, region: str) -> str | None:
        found = self._services.regions.find(region)
        return found.parent if found is not None else None


def _batches(things: Sequence[_Thing]) -> Iterator[Sequence[_Thing]]:
    return (things[start : start + _AT_ONCE] for start in range(0, len(things), _AT_ONCE))


def _after(alerts: Sequence[Alert], events: Sequence[AlertEvent]) -> list[Alert]:
    """The alerts after the events, without reading them again."""
    made = {one.id: one for one in alerts}
    for event in events:
        made[event.alert] = apply(made[event.alert], event)
    return list(made.values())


def _nothing_set_up(alerts: Sequence[Alert], units: Units, now: datetime) -> list[Message]:
    """Where no receiver is set up at all: once a day and unit a line of what is not delivered."""
    day = now.astimezone(ZONE).date()
    named = {unit for one in alerts if one.open and shown(one) for unit in units(one)}
    return [
        Message(
            key=f"alerts:nothing-set-up:{unit}:{day}",
            receiver=f"unit:{unit}",
            title="告警没有发给单位",
            text="还没有登记任何接收方式;请在 config.toml 登记 [channels.*] 和 [receivers.*]。",
            link="/alerts",
            classification=Classification.INTERNAL,
        )
        for unit in sorted(named)
    ]


def _told(alert: Alert, case: str, state: str) -> bool:
    """Whether the alert says already where its case stands."""
    return alert.case == case and alert.data.get("case_state") == state


def _moved(alert: str, case: str, state: str, now: datetime) -> AlertEvent:
    data = {"case": case, "state": state, "handling": state in _HANDLED, "closed": state in _OVER}
    return AlertEvent(alert, AlertStep.DISPATCHED, now, data=data)


def tending_beats(services: Services) -> tuple[Beat, ...]:
    """What the leader does about open alerts by the clock."""
    return (Beat("tend-alerts", EVERY, Tending(services).beat),)
