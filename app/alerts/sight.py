"""Which alerts a person may see: as secret as their indicators, released when these are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from app.services import Services
from layers.contracts import Classification
from topics.kit.alerting.contracts import Alert
from topics.kit.manifest import Manifest
from topics.kit.manifest_tables import expression_names

_RANK = {one: rank for rank, one in enumerate(Classification)}


def alert_resource(
    services: Services, topic: str, indicator: str | None, rule: str, alert: str = ""
) -> Resource:
    """What decides who may read or handle the alerts of a rule.

    As secret as the most secret indicator it looks at; one without any is internal.
    """
    manifest = services.catalogue.topic(topic)
    names = [indicator] if indicator else _watched(manifest, rule)
    specs = [spec for name in names if (spec := services.catalogue.find(name)) is not None]
    classes = [one.classification for one in specs] or [Classification.INTERNAL]
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

    def sees(self, topic: str, indicator: str | None, rule: str) -> bool:
        """Whether alerts of the rule may be seen."""
        key = (topic, indicator, rule)
        known = self._known.get(key)
        if known is None:
            resource = alert_resource(self._services, topic, indicator, rule)
            known = self._known[key] = bool(may(self._subject, Action.READ, resource))
        return known

    def forget(self) -> None:
        """Ask again: a definition may have changed."""
        self._known.clear()

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

    def hidden_rules(self) -> list[str]:
        """Rules of those topics that may not be seen."""
        seen = set(self.topics())
        return [
            rule.id
            for topic in self._services.catalogue.topics
            if topic.id in seen
            for rule in topic.alerts
            if not self.sees(topic.id, None, rule.id)
        ]


def signed_in(subject: Subject) -> bool:
    """Whether names of people may be told."""
    return not subject.anonymous


def any_of(alerts: Iterable[Alert], sees: Callable[[Alert], bool]) -> list[Alert]:
    """Those that may be seen, in their order."""
    return [one for one in alerts if sees(one)]


def _least(topic: Manifest) -> Resource:
    """The most open alert a topic could have."""
    held = [one.classification for one in topic.indicators] or [Classification.INTERNAL]
    least = min(held, key=_RANK.__getitem__)
    return replace(
        Resource("alert", topic.id, topic=topic.id, demo=topic.topic.demo), classification=least
    )


def _watched(manifest: Manifest | None, rule: str) -> list[str]:
    found = next((one for one in manifest.alerts if one.id == rule), None) if manifest else None
    return list(expression_names(found.when)) if found is not None and found.when else []
