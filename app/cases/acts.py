"""Reports and steps of cases taken for somebody: one transaction for the case and its audit."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import orjson

from app.cases.detail import CaseDetail
from app.cases.people import CaseDoors
from app.cases.photos import CasePhotos
from app.errors import BadRequest, KeyReused
from app.security.audited import audited
from app.security.contracts import Subject
from app.security.people import AuditEvent
from app.services import Services
from topics.kit.cases.contracts import Case, Report
from topics.kit.cases.machine import Order
from topics.kit.errors import CaseMoved

_MAX_KEY = 200


class _AnsweredMeanwhile(Exception):
    """The same report was answered by another request while this one waited."""


def move_event(
    services: Services, actor: str, case: Case, order: Order, address: str
) -> AuditEvent:
    """What the audit says of a step of a case, whoever has it taken."""
    note = audited(order.note, CaseDoors(services).resource(case).classification)
    about: dict[str, Any] = {"to": order.word, "note": note, "unit": order.unit}
    if order.confirmed:
        about["confirmed"] = True
    return AuditEvent(actor, "case.move", case.number, address=address, detail=about)


class CaseActs:
    """Makes and moves cases."""

    def __init__(self, services: Services, doors: CaseDoors, detail: CaseDetail) -> None:
        """Use the stores of `services`."""
        self._services = services
        self._cases = services.cases
        self._answers = services.observations.answers
        self._doors = doors
        self._detail = detail
        self._photos = CasePhotos(services, doors)

    def report(
        self,
        given: Report,
        subject: Subject,
        now: datetime,
        *,
        key: str | None = None,
        body: object = None,
        address: str = "",
    ) -> dict[str, Any]:
        """Answer a report; the same key answers alike, KeyReused where it stands for another."""
        self._doors.require_writing(subject, given.category.scheme)
        if key is not None and not 0 < len(key) <= _MAX_KEY:
            raise BadRequest(f"Idempotency-Key 应为 1–{_MAX_KEY} 个字符,如一个 UUID")
        digest = hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
        known = self._given(subject, key, digest)
        if known is not None:
            return known
        self._photos.check_report(subject, given.data)
        try:
            return self._stored(given, subject, now, key, digest, address)
        except _AnsweredMeanwhile:
            return self._given(subject, key, digest) or {}

    def move(
        self,
        case: str,
        order: Order,
        subject: Subject,
        now: datetime,
        *,
        version: int | None = None,
        address: str = "",
    ) -> Case:
        """The case after the step; refusals name the steps that are open to this person."""
        found = self._doors.require(subject, self._cases.require(case))
        person = self._doors.person(subject, found)
        for one in (order.unit, *order.support):
            if one is not None:
                self._detail.units.require(one)
        if order.into is not None:
            self._doors.require(subject, self._cases.require(order.into))
        self._photos.check_step(found, order.data)
        event = move_event(self._services, subject.id, found, order, address)
        try:
            with self._services.audit.recording(event) as transaction:
                return self._cases.move(
                    found.id, order, person, now=now, version=version, connection=transaction
                )
        except CaseMoved:
            raise self._cases.overtaken(found.id, person, now) from None

    def _given(self, subject: Subject, key: str | None, digest: str) -> dict[str, Any] | None:
        answered = None if key is None else self._answers.find(subject.id, key)
        if answered is None:
            return None
        if answered.digest != digest:
            raise KeyReused("这个 Idempotency-Key 已用于另一份上报;请为新的上报换一个 Key")
        return answered.answer

    def _stored(
        self,
        given: Report,
        subject: Subject,
        now: datetime,
        key: str | None,
        digest: str,
        address: str,
    ) -> dict[str, Any]:
        about = {"region": given.region, "source": given.source, "reference": given.reference}
        event = AuditEvent(
            subject.id, "case.report", str(given.category), address=address, detail=about
        )
        with self._services.audit.recording(event) as transaction:
            if key is not None and not self._answers.claim(transaction, subject.id, key, digest):
                raise _AnsweredMeanwhile
            made = self._cases.report(given, now=now, connection=transaction)
            case = made.case
            answer = {
                "id": case.id,
                "number": case.number,
                "state": case.state.value,
                "new": made.new,
                "doubt": case.report.data.get("doubt", ""),
                "due": None if case.due is None else case.due.isoformat(),
                "duplicates": self._detail.likely(case, subject, now),
            }
            if key is not None:
                self._answers.keep(transaction, subject.id, key, answer)
        return answer
