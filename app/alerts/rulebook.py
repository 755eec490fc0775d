"""Rules by their id, as the lists and the handling of alerts need them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.main import reference
from app.services import Services
from topics.kit.alerting.contracts import Alert
from topics.kit.reference_rows import read_rows

_COLUMNS = ("topic", "rule", "category", "source", "status")


class RuleBook:
    """The rules of all topics; what a manifest does not say has a plain default."""

    def __init__(self, services: Services) -> None:
        """Read the manifests of `services`; they are those of this process."""
        self._services = services
        rows = read_rows(reference(services.config.home_path)("alert_categories.csv"), _COLUMNS)
        self._categories = {(row["topic"], row["rule"]): row["category"] for row in rows}

    def find(self, rule: str) -> Any | None:
        """The rule's specification; None when no topic declares it any more."""
        topic = self._services.catalogue.topic(rule.partition(".")[0])
        if topic is None:
            return None
        return next((one for one in topic.alerts if one.id == rule), None)

    def title(self, rule: str) -> str:
        """The rule's title; its id where it has none."""
        return getattr(self.find(rule), "title", "") or rule

    def units(self, alert: Alert) -> Sequence[str]:
        """The units of the rule's route that a receiver is set up for at this level."""
        found = self.find(alert.key.rule)
        route = found.route if found is not None else ()
        return [one for one in route if self._services.directory.for_unit(one, alert.level.value)]

    def inhibits(self) -> dict[str, Sequence[str]]:
        """Which rules each rule inhibits where it is open."""
        return {
            one.id: tuple(getattr(one, "inhibits", ()))
            for topic in self._services.catalogue.topics
            for one in topic.alerts
            if getattr(one, "inhibits", ())
        }

    def category(self, rule: str) -> str | None:
        """The category that a case of the rule's alerts gets: alert_categories.csv."""
        topic = rule.partition(".")[0]
        for wanted in ((topic, rule), (topic, ""), ("", "")):
            if wanted in self._categories:
                return self._categories[wanted]
        return None

    def plan(self, rule: str) -> Any | None:
        """The plan that the rule names, from its topic; None when there is none."""
        found, topic = self.find(rule), self._services.catalogue.topic(rule.partition(".")[0])
        if found is None or topic is None or not found.plan:
            return None
        plans = getattr(topic, "plans", ())
        return next((one for one in plans if one.id == found.plan), None)
