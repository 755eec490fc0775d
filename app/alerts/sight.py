"""Which alerts a person may see: as secret as their indicators, released when these are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from app.services import Services
from layers.contracts import Classification
from topics.kit.alerting.contracts import Alert
from topics.kit.alerting.rules import Rule
from topics.kit.manifest import Manifest

_RANK = {one: rank for rank, one in enumerate(Classification)}


def alert_resource(
    services: Services,
    topic: str,
    indicator: str | None,
    rule: str,
    alert: str = "",
    *,
    rules: Mapping[str, Rule] | None = None,
) -> Resource:
    """What decides who may read or handle the alerts of a rule.

    As secret as the most secret indicator it looks at; one without any is internal.
    """
    manifest = services.catalogue.topic(topic)
    known = services.rules.all() if rules is None and indicator is None else rules or {}
    watched = known[rule].indicators if rule in known else ()
    spec = services.catalogue.find(indicator) if indicator else None
    classes = [one.classification for one in (*watched, *([spec] if spec else []))]
    classes = classes or [Classification.INTERNAL]
    return Resource(
        "alert",
        alert or rule,
        topic=topic,
        classification=max(classes, key=_RANK.__getitem__),
        demo=manifest is not None and manifest.topic.demo,
    )


def resource_of(services: Services, alert: Alert) -> Resource:
    """What decides who may read or handle this alert."""
    return alert_resource(services, alert.topic, alert.indicator, alert.key.rule, alert.id)


class AlertSight:
    """One person's sight; asked once per rule, so a long list costs few decisions."""

    def __init__(self, services: Services, subject: Subject) -> None:
        """See as `subject`."""
        self._services = services
        self._subject = subject
        self._known: dict[tuple[str, str | None, str], bool] = {}
        self._rules = services.rules.all()

    def sees(self, topic: str, indicator: str | None, rule: str) -> bool:
        """Whether alerts of the rule may be seen."""
        key = (topic, indicator, rule)
        known = self._known.get(key)
        if known is None:
            resource = alert_resource(self._services, topic, indicator, rule, rules=self._rules)
            known = self._known[key] = bool(may(self._subject, Action.READ, resource))
        return known

    def forget(self) -> None:
        """Ask again: a definition may have changed."""
        self._known.clear()
        self._rules = self._services.rules.all()

    def of(self, alert: Alert) -> bool:
        """Whether this alert may be seen."""
        return self.sees(alert.topic, alert.indicator, alert.key.rule)

    def topics(self) -> list[str]:
        """The topics of which some alert could be seen."""
        return [
            one.id
            for one in self._services.catalogue.topics
            if may(self._subject, Action.READ, _least(one))
        ]

    def rules(self, topics: Iterable[str]) -> list[str] | None:
        """The rules of those topics that may be seen; None: every one, also those of the past."""
        seen = set(topics)
        mine = [one for one in self._rules.values() if one.topic in seen]
        # An alert of a rule that nobody declares any more is internal.
        if all(self.sees(one.topic, None, one.id) for one in mine) and all(
            self.sees(topic, None, "") for topic in seen
        ):
            return None
        return [one.id for one in mine if self.sees(one.topic, None, one.id)]


def _least(topic: Manifest) -> Resource:
    """The most open alert a topic could have."""
    held = [one.classification for one in topic.indicators] or [Classification.INTERNAL]
    least = min(held, key=_RANK.__getitem__)
    return replace(
        Resource("alert", topic.id, topic=topic.id, demo=topic.topic.demo), classification=least
    )
