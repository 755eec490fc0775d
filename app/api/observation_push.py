"""A push of observations: checked, stored, audited and answered in one transaction."""

from __future__ import annotations

import hashlib
from typing import Any

from app.api.observation_json import observation_json
from app.api.observation_rows import Row, RowReader, named_indicators, rows_of
from app.errors import BadRequest, KeyReused
from app.released import observation_resource
from app.security.contracts import Action, Subject
from app.security.may import require
from app.security.people import AuditEvent
from app.services import Services
from topics.kit.contracts import Observation

_MAX_KEY = 200


class _AnsweredMeanwhile(Exception):
    """The same push was answered by another request while this one waited."""


def push(
    services: Services, subject: Subject, body: bytes, key: str | None, address: str
) -> dict[str, Any]:
    """Store what the body says and return the answer; a repeated key returns the same answer.

    Raises NotSignedIn or Forbidden before a row is looked at, BadObservation for wrong rows (then
    nothing is stored), KeyReused for a key that stands for another body.
    """
    rows = rows_of(body)
    _allow(services, subject, rows)
    if key is None:
        return _store(services, subject, rows, None, "", address)
    if not 0 < len(key) <= _MAX_KEY:
        raise BadRequest(f"Idempotency-Key 应为 1–{_MAX_KEY} 个字符,如一个 UUID")
    digest = hashlib.sha256(body).hexdigest()
    given = _given(services, subject, key, digest)
    if given is not None:
        return given
    try:
        return _store(services, subject, rows, key, digest, address)
    except _AnsweredMeanwhile:
        return _given(services, subject, key, digest) or {}


def store_rows(services: Services, subject: Subject, rows: list[Row]) -> dict[str, Any]:
    """Store rows that did not come over HTTP, with the same checks and answer as a push."""
    _allow(services, subject, rows)
    return _store(services, subject, rows, None, "", "")


def _allow(services: Services, subject: Subject, rows: list[Row]) -> None:
    """Ask for each known indicator; an unknown one is refused later, as a wrong row."""
    for name in named_indicators(rows):
        spec = services.catalogue.find(name)
        if spec is not None:
            require(subject, Action.WRITE, observation_resource(services, spec))


def _given(services: Services, subject: Subject, key: str, digest: str) -> dict[str, Any] | None:
    answered = services.observations.answers.find(subject.id, key)
    if answered is None:
        return None
    if answered.digest != digest:
        raise KeyReused("这个 Idempotency-Key 已用于另一份数据;请为新的数据换一个 Key")
    return answered.answer


def _store(
    services: Services,
    subject: Subject,
    rows: list[Row],
    key: str | None,
    digest: str,
    address: str,
) -> dict[str, Any]:
    reader = RowReader(services.catalogue, services.regions, subject.name)
    observations = reader.read(rows)
    answers = services.observations.answers
    event = AuditEvent(
        actor=subject.id,
        action="observation.push",
        object="、".join(named_indicators(rows)[:20]),
        address=address,
        detail={"rows": len(rows)},
    )
    with services.audit.recording(event) as transaction:
        if key is not None and not answers.claim(transaction, subject.id, key, digest):
            raise _AnsweredMeanwhile
        changed = services.observations.append(observations, connection=transaction)
        answer = _answer(observations, changed)
        if key is not None:
            answers.keep(transaction, subject.id, key, answer)
    services.relay.relay()
    return answer


def _answer(given: list[Observation], changed: list[Observation]) -> dict[str, Any]:
    return {
        "accepted": len(given),
        "changed": len(changed),
        "items": [observation_json(one, one.unit) for one in changed],
        "next": None,
    }
