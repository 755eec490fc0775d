"""撤销: what a person did seconds ago is taken back, a 派单 together with its case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.alerts.desk import AlertDesk, Asked
from app.cases.acts import move_event
from app.cases.people import CaseDoors
from app.security.people import AuditEvent
from app.services import Services
from topics.kit.alerting.contracts import Alert, AlertEvent, AlertStep
from topics.kit.alerting.handling import Do, Hand, refused, undo
from topics.kit.cases.contracts import CaseState
from topics.kit.cases.machine import Order
from topics.kit.cases.transitions import Post

_NOTE = "派单已撤销"
_EARLY = frozenset(
    {
        CaseState.TO_VERIFY,
        CaseState.REPORTED,
        CaseState.ACCEPTED,
        CaseState.FILED,
        CaseState.COORDINATING,
    }
)


class Recalling:
    """Takes back; all of it in one transaction, or nothing."""

    def __init__(self, services: Services, desk: AlertDesk) -> None:
        """Use the desk's rights and log, and the cases of `services`."""
        self._services = services
        self._desk = desk
        self._doors = CaseDoors(services)

    def undo(self, alert: str, asked: Asked) -> Alert:
        """The alert after the last step of this person was taken back.

        AlertStepRefused when there is none, it is too old, or a unit has the case in hand;
        CaseMoved when somebody moves that case at this very moment.
        """
        beside: list[AuditEvent] = []

        def step(one: Alert, hand: Hand, transaction: Any) -> Sequence[AlertEvent]:
            # The alert's row is held: its log is complete, and nobody adds to it now.
            log = self._services.alerts.events(one.id)
            gone = undo(one, hand, log)
            numbers = {event.data["event"] for event in gone}
            sent = [e for e in log if e.id in numbers and e.step is AlertStep.DISPATCHED]
            cases = {str(each.data["case"]) for each in sent}
            beside.extend(self._void(one, case, asked, hand, transaction) for case in cases)
            return gone

        return self._desk.act(alert, Do.UNDO, asked, step, beside=beside)

    def _void(
        self, alert: Alert, name: str, asked: Asked, hand: Hand, transaction: Any
    ) -> AuditEvent:
        case = self._services.cases.require(name)
        if case.state is not CaseState.DISPATCHED and case.state not in _EARLY:
            text = f"事件 {case.number} 已到“{case.state}”,不能撤销派单,请在事件里办理"
            raise refused(alert, text, hand.now)
        person = self._doors.person(asked.subject, case)
        person = replace(person, posts=person.posts | {Post.SENDER})
        order = Order("撤单" if case.state is CaseState.DISPATCHED else "作废", note=_NOTE)
        moved = self._services.cases.move(
            case.id, order, person, now=hand.now, version=case.version, connection=transaction
        )
        self._services.alert_cases.close(case.id, now=hand.now, said=_NOTE, connection=transaction)
        return move_event(self._services, asked.subject.id, moved, order, asked.address)
