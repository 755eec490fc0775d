"""Changes of definitions made for somebody: checked, stored and audited in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.definitions.desk import desk_of
from app.definitions.telling import definition_resource
from app.security.contracts import Action, Subject
from app.security.may import may
from app.security.people import AuditEvent
from app.services import Services
from topics.kit.definitions.changes import ChangeRow, ChangeState, Step, Worker
from topics.kit.definitions.desk import Wish
from topics.kit.definitions.words import differences, sentence
from topics.kit.manifest_indicators import IndicatorSpec

_MOST_TOLD = 500


class DefinitionSteps:
    """API and command line take steps here, so that none goes unrecorded."""

    def __init__(self, services: Services) -> None:
        """Use the stores of `services`."""
        self._services = services
        self._desk = desk_of(services)

    def worker(self, subject: Subject, spec: IndicatorSpec) -> Worker:
        """The person with what they may do with the indicator."""
        resource = definition_resource(self._services, spec)
        return Worker(
            subject.person,
            writes=bool(may(subject, Action.WRITE, resource)),
            publishes=bool(may(subject, Action.PUBLISH, resource)),
        )

    def draft(
        self, wishes: Sequence[Wish], subject: Subject, address: str, *, submit: bool
    ) -> list[ChangeRow]:
        """The changes, stored as drafts or handed in; all or none. Raises BadDefinition."""
        if any(not self._desk.library.book.stored(one.indicator) for one in wishes):
            self._desk.library.sync()
        made = [self._desk.drafted(one, subject.person) for one in wishes]
        event = AuditEvent(
            subject.id,
            "indicator.draft",
            "、".join(dict.fromkeys(one.indicator for one in made))[:_MOST_TOLD],
            address=address,
            detail={
                "changes": [one.id for one in made][:50],
                "what": ";".join(self._told(one)["what"] for one in made)[:_MOST_TOLD],
                "reason": made[0].reason[:200],
            },
        )
        with self._services.audit.recording(event) as transaction:
            self._desk.changes.add(made, connection=transaction)
            if submit:
                person = Worker(subject.person, writes=True)
                made = [
                    self._desk.step(one, Step.SUBMIT, person, "", connection=transaction)
                    for one in made
                ]
        return made

    def take(
        self, change: str, step: Step, person: Worker, subject: Subject, note: str, address: str
    ) -> ChangeRow:
        """The change after the step, in force here at once and elsewhere within seconds."""
        before = self._desk.changes.require(change)
        detail = self._told(before) | ({"note": note[:_MOST_TOLD]} if note else {})
        event = AuditEvent(
            subject.id, f"indicator.{step.value}", before.indicator, address=address, detail=detail
        )
        with self._services.audit.recording(event) as transaction:
            held = self._desk.changes.hold(change, connection=transaction)
            made = self._desk.step(held, step, person, note, connection=transaction)
        if made.state is ChangeState.PUBLISHED:
            self._services.definitions.refresh()
        return made

    def _told(self, change: ChangeRow) -> dict[str, Any]:
        current = self._desk.library.book.fields(change.indicator)
        said = sentence(differences(current, change.fields))
        return {"change": change.id, "what": said[:_MOST_TOLD], "reason": change.reason[:200]}
