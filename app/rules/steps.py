"""Changes of rules made for somebody: checked, stored and audited in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.alerts.sight import alert_resource
from app.rules.words import difference
from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from app.security.people import AuditEvent
from app.services import Services
from topics.kit.alerting.book import DELETED, RuleVersion
from topics.kit.alerting.rule_tests import failing
from topics.kit.alerting.rules import Rule
from topics.kit.definitions.changes import ChangeRow, ChangeState, Step, Worker, advance
from topics.kit.errors import BadRule, DefinitionOvertaken

_MOST_TOLD = 500


def rule_resource(services: Services, rule: Rule) -> Resource:
    """What decides who may read or change a rule: as secret as the indicators it looks at."""
    indicator = rule.indicator.id if rule.indicator else None
    found = alert_resource(services, rule.topic, indicator, rule.id, rules={rule.id: rule})
    return Resource("rule", rule.id, topic=rule.topic, classification=found.classification)


class RuleSteps:
    """The API takes steps here, so that none goes unrecorded."""

    def __init__(self, services: Services) -> None:
        """Use the stores of `services`; reviews as definitions are reviewed here."""
        self._services = services
        review = services.config.review
        asked = review.in_demo or not services.config.demo.enabled
        self.review = review.required and asked

    def worker(self, subject: Subject, rule: Rule) -> Worker:
        """The person with what they may do with the rule."""
        resource = rule_resource(self._services, rule)
        return Worker(
            subject.person,
            writes=bool(may(subject, Action.WRITE, resource)),
            publishes=bool(may(subject, Action.PUBLISH, resource)),
        )

    def draft(
        self,
        rule: Rule,
        fields: Mapping[str, Any],
        reason: str,
        subject: Subject,
        address: str,
        *,
        submit: bool,
    ) -> ChangeRow:
        """A change, stored as a draft or handed in; BadRule names each wrong field."""
        made = self._services.rules.drafted(rule.id, fields)
        what = difference(rule.spec, made.spec)
        if not what:
            raise BadRule("和现在的规则一样,没有要改的;请先改动一项")
        if not made.spec.enabled and rule.spec.enabled and not reason.strip():
            raise _reason_missing("停用或删除要写明原因,如 传感器检修至 12 月 10 日")
        return self._begin(made, rule.version, fields, reason, subject, address, what, submit)

    def begin(
        self,
        rule: str,
        fields: Mapping[str, Any],
        reason: str,
        subject: Subject,
        address: str,
        *,
        submit: bool,
    ) -> tuple[ChangeRow, Rule]:
        """A change that makes a new rule; it is in force once it is published."""
        made = self._services.rules.begun(rule, fields)
        what = f"新规则 {made.title}"
        return self._begin(made, 0, fields, reason, subject, address, what, submit), made

    def _begin(
        self,
        made: Rule,
        base: int,
        fields: Mapping[str, Any],
        reason: str,
        subject: Subject,
        address: str,
        what: str,
        submit: bool,
    ) -> ChangeRow:
        _tested(made)
        now = datetime.now(UTC)
        change = ChangeRow(
            id=uuid.uuid4().hex[:16],
            indicator=made.id,
            state=ChangeState.DRAFT,
            fields=dict(fields),
            base=base,
            valid_from=None,
            breaks=False,
            reason=reason.strip(),
            author=subject.person,
            created_at=now,
            updated_at=now,
        )
        with self._recording("draft", change, subject, address, what) as transaction:
            if submit:
                person = self.worker(subject, made)
                change = advance(change, Step.SUBMIT, person, review=self.review, note="", now=now)
            self._services.rule_store.begin(change, connection=transaction)
        return change

    def wanted(self, change: ChangeRow) -> tuple[Rule, str]:
        """The rule as the change wants it and, in words, what that changes; BadRule: no longer."""
        current = self._services.rules.all().get(change.indicator)
        if current is None:
            made = self._services.rules.begun(change.indicator, change.fields)
            return made, f"新规则 {made.title}"
        if change.base == 0 and "when" in change.fields:
            return current, f"新规则 {current.title}"
        made = self._services.rules.drafted(change.indicator, change.fields)
        if change.fields.get(DELETED):
            return made, "删除这条规则"
        return made, difference(current.spec, made.spec)

    def take(
        self, change: ChangeRow, step: Step, rule: Rule, subject: Subject, note: str, address: str
    ) -> ChangeRow:
        """The change after the step; published, it is in force at the next evaluation.

        NotAllowedNow says what is possible instead; DefinitionOvertaken: the rule has moved on.
        """
        now, person = datetime.now(UTC), self.worker(subject, rule)
        made, what = self.wanted(change)
        if step in (Step.PUBLISH, Step.URGENT):
            _tested(made)
        with self._recording(step.value, change, subject, address, what, note) as transaction:
            held = self._services.rule_store.hold(change.id, connection=transaction)
            moved = advance(held, step, person, review=self.review, note=note, now=now)
            if moved.state is ChangeState.PUBLISHED:
                if held.base != rule.version:
                    raise DefinitionOvertaken(
                        "这条规则在编制之后又改过;请重新打开,核对后另做一份变更"
                    )
                version = RuleVersion(
                    rule.id, rule.version + 1, held.fields, now, held.author, held.reason, held.id
                )
                self._services.rule_store.add(version, connection=transaction)
                moved = _numbered(moved, version.number)
            self._services.rule_store.keep(moved, connection=transaction)
        return moved

    def _recording(
        self,
        action: str,
        change: ChangeRow,
        subject: Subject,
        address: str,
        what: str,
        note: str = "",
    ) -> Any:
        detail = {"change": change.id, "what": what[:_MOST_TOLD], "reason": change.reason[:200]}
        if note:
            detail["note"] = note[:_MOST_TOLD]
        event = AuditEvent(
            subject.id, f"rule.{action}", change.indicator, address=address, detail=detail
        )
        return self._services.audit.recording(event)


def _tested(rule: Rule) -> None:
    """BadRule beside `tests` where one of the rule's own does not pass."""
    said = failing(rule)
    if said:
        text = ";".join(said)
        raise BadRule(text, problem={"errors": [{"item": "tests", "problem": text}]})


def _reason_missing(text: str) -> BadRule:
    return BadRule(text, problem={"errors": [{"item": "reason", "problem": text}]})


def _numbered(change: ChangeRow, number: int) -> ChangeRow:

    return replace(change, version=number)
