"""A rule as the API and its page tell it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.api.people_names import PeopleNames
from app.rules.steps import RuleSteps, rule_resource
from app.rules.trial import Trial
from app.rules.words import KINDS, counted_text, differences, levels_text, terms_text
from app.security.contracts import Action, Subject
from app.security.may import may
from app.services import Services
from layers.errors import LayerError
from topics.kit.alerting.book import BEGINNING, RuleVersion
from topics.kit.alerting.contracts import AlertLevel, Condition
from topics.kit.alerting.rules import Rule
from topics.kit.alerting.standing import Standings
from topics.kit.definitions.changes import OPEN, STATE_TITLES, STEP_TITLES, ChangeRow, allowed
from topics.kit.errors import TopicError
from topics.kit.periods import ZONE

_WORDS = {
    Condition.PENDING: "等待持续",
    Condition.FIRING: "告警中",
    Condition.NO_DATA: "没有数据",
    Condition.ERROR: "算不出",
    Condition.INACTIVE: "正常",
}
_SHOWN = 50  # episodes and places that an answer lists


class RuleTexts:
    """Writes rules, their versions and changes."""

    def __init__(self, services: Services, steps: RuleSteps) -> None:
        """Read by `services`; `steps` knows who may do what."""
        self._services = services
        self._steps = steps
        self._names = PeopleNames(services)

    def standings(self, moment: datetime | None) -> Standings:
        """Where series stand now; of a past moment those that waited for their hold then."""
        kept = self._services.standings
        return kept.load() if moment is None else kept.pending_at(moment)

    def short(
        self,
        rule: Rule,
        standings: Standings,
        last: Mapping[str, RuleVersion],
        waiting: Mapping[str, int],
    ) -> dict[str, Any]:
        """A line of the list."""
        mine = [one for key, one in standings.items() if key.rule == rule.id]
        counts = Counter(one.state.condition for one in mine)
        levels = [one.state.level for one in mine if one.state.level is not None]
        worst = max(levels, key=lambda one: one.severity, default=None)
        changed = last.get(rule.id)
        topic = self._services.catalogue.topic(rule.topic)
        return {
            "id": rule.id,
            "title": rule.title,
            "topic": rule.topic,
            "topic_title": topic.short if topic else rule.topic,
            "kind": rule.spec.kind,
            "kind_text": KINDS[rule.spec.kind],
            "when": counted_text(rule.spec),
            "indicators": [{"id": one.id, "title": one.title} for one in rule.indicators],
            "levels": levels_text(rule),
            "terms": terms_text(rule.spec),
            "problem": rule.unknown_day(datetime.now(UTC)) if rule.spec.enabled else "",
            "enabled": rule.spec.enabled,
            "version": rule.version,
            "series": len(rule.series),
            "state": _state(rule, counts),
            "counts": {_WORDS[one]: count for one, count in counts.items() if count},
            "open": len(levels),
            "worst": worst.value if worst else None,
            "changed": changed and self._version(changed),
            "open_changes": waiting.get(rule.id, 0),
            "unverified": True,
        }

    def full(
        self, rule: Rule, standings: Standings, versions: Sequence[RuleVersion], subject: Subject
    ) -> dict[str, Any]:
        """Everything about a rule but its trial."""
        spec = rule.spec.model_dump(mode="json")
        plan = rule.plan
        name = self._services.organisations.name
        mine = {key: one for key, one in standings.items() if key.rule == rule.id}
        person = self._steps.worker(subject, rule)
        shown = self._services.rule_store.changes(rule=rule.id, limit=20)
        last = {one.rule: one for one in versions}
        return self.short(rule, standings, last, {}) | {
            "fields": {one: spec[one] for one in BEGINNING},
            "titles": BEGINNING,
            "worse": rule.worse,
            "route": [{"unit": one, "name": name(one)} for one in rule.spec.route],
            "plan": plan
            and {
                "id": plan.id,
                "title": plan.title,
                "lead": {"unit": plan.lead, "name": name(plan.lead)},
                "support": [{"unit": one, "name": name(one)} for one in plan.support],
                "demand": plan.demand,
            },
            "places": [
                {
                    "region": key.region,
                    "name": self._place(key.region),
                    "state": _WORDS[one.state.condition],
                    "level": one.state.level.value if one.state.level else None,
                    "since": _iso(one.state.since),
                    "alert": one.alert,
                }
                for key, one in list(mine.items())[:_SHOWN]
            ],
            "versions": [self._version(one) for one in reversed(versions)],
            "changes": [self.change(one, rule, subject) for one in shown],
            "declared": self._services.rules.declared(rule.id) is not None,
            "may_write": person.writes,
            "may_publish": person.publishes,
            "review": self._steps.review,
        }

    def change(self, change: ChangeRow, rule: Rule, subject: Subject) -> dict[str, Any]:
        """A change on its way, with what this person may do with it."""
        person = self._steps.worker(subject, rule)
        try:
            made, what = self._steps.wanted(change)
            current = self._services.rules.all().get(change.indicator)
            new = change.base == 0 and "when" in change.fields
            differing = differences(None if new or current is None else current.spec, made.spec)
        except (TopicError, LayerError) as wrong:
            what, differing = str(wrong), []
        steps = allowed(change, person, review=self._steps.review)
        return {
            "id": change.id,
            "rule": change.indicator,
            "state": change.state.value,
            "state_text": STATE_TITLES[change.state],
            "fields": dict(change.fields),
            "what": what,
            "differences": differing,
            "reason": change.reason,
            "author": self._names.name(change.author),
            "at": _iso(change.updated_at),
            "note": change.note,
            "decided_by": change.decided_by and self._names.name(change.decided_by),
            "version": change.version,
            "allowed": [{"do": one.value, "label": STEP_TITLES[one]} for one in steps],
        }

    def waiting(self, subject: Subject) -> list[dict[str, Any]]:
        """Changes on their way that make a rule that is not there yet, for who may see it."""
        known, found = self._services.rules.all(), []
        for one in self._services.rule_store.changes(states=sorted(OPEN)):
            if one.indicator in known or "when" not in one.fields:
                continue
            try:
                rule, _ = self._steps.wanted(one)
            except (TopicError, LayerError):
                continue  # its topic or indicator is gone: nothing can come of it
            if self.sees(subject, rule):
                found.append(self.change(one, rule, subject) | {"title": rule.title})
        return found

    def trial(self, rule: Rule, trial: Trial) -> dict[str, Any]:
        """What a rule would have done."""
        outcome = trial.outcome
        return {
            "rule": rule.id,
            "from": _iso(outcome.start),
            "to": _iso(outcome.end),
            "sentence": trial.sentence,
            "note": trial.note,
            "count": len(outcome.episodes),
            "levels": {
                one.value: outcome.levels[one] for one in AlertLevel if one in outcome.levels
            },
            "series": outcome.series,
            "values": outcome.values,
            "episodes": [
                {
                    "region": one.region,
                    "name": self._place(one.region),
                    "from": _iso(one.start),
                    "to": _iso(one.end),
                    "level": one.worst.value,
                }
                for one in sorted(outcome.episodes, key=lambda one: one.start, reverse=True)[
                    :_SHOWN
                ]
            ],
        }

    def sees(self, subject: Subject, rule: Rule) -> bool:
        """Whether the rule may be read."""
        return bool(may(subject, Action.READ, rule_resource(self._services, rule)))

    def _version(self, one: RuleVersion) -> dict[str, Any]:
        return {
            "number": one.number,
            "at": _iso(one.recorded_at),
            "by": self._names.name(one.author),
            "reason": one.reason,
        }

    def _place(self, code: str) -> str:
        found = self._services.regions.find(code)
        return found.name if found else code


def _state(rule: Rule, counts: Mapping[Condition, int]) -> str:
    if not rule.spec.enabled:
        return "已停用"
    for one in (Condition.ERROR, Condition.FIRING, Condition.PENDING, Condition.NO_DATA):
        if counts.get(one):
            return _WORDS[one]
    return _WORDS[Condition.INACTIVE]


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(ZONE).isoformat()
