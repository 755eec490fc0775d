"""What the lists and the handling of alerts need of a rule: its name, route, plan, category."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.main import reference
from app.services import Services
from topics.kit.alerting.contracts import Alert
from topics.kit.alerting.inhibition import Ties
from topics.kit.alerting.rules import Rule
from topics.kit.alerting.sources import sources_of
from topics.kit.alerting.tending import Units
from topics.kit.manifest_alerts import PlanSpec
from topics.kit.reference_rows import read_rows

_COLUMNS = ("topic", "rule", "category", "source", "status")


class RuleNotes:
    """Reads the rules in force; an alert keeps what its rule said when it fired."""

    def __init__(self, services: Services) -> None:
        """Read the rules of `services` and alert_categories.csv."""
        self._services = services
        rows = read_rows(reference(services.config.home_path)("alert_categories.csv"), _COLUMNS)
        self._categories = {(row["topic"], row["rule"]): row["category"] for row in rows}

    def find(self, rule: str, *, as_of: datetime | None = None) -> Rule | None:
        """The rule as of a moment; None when no topic declares it any more."""
        return self._services.rules.all(as_of=as_of).get(rule)

    def title(self, alert: Alert) -> str:
        """The rule's name as it was when the alert fired."""
        told = alert.data.get("rule_title")
        if told:
            return str(told)
        found = self.find(alert.key.rule)
        return found.title if found is not None else alert.key.rule

    def routes(self, *, wartime: bool) -> Units:
        """Tells the units of an alert's route in that mode, as its rule has it now.

        An alert of a rule that nobody declares any more keeps the route it fired with. The rules
        are looked up once: ten thousand alerts may be asked about in one turn.
        """
        rules = self._services.rules.all()

        def units(alert: Alert) -> Sequence[str]:
            found = rules.get(alert.key.rule)
            route = alert.data.get("route") or () if found is None else found.route(wartime=wartime)
            return list(dict.fromkeys(route))

        return units

    def told_before(self, units: Units) -> Units:
        """Those of an alert's route, and those it had when it fired: the mode may have changed.

        Whom nobody takes messages for was told nothing that would have to be ended.
        """
        heard = self._services.directory.for_unit

        def both(alert: Alert) -> Sequence[str]:
            every = dict.fromkeys([*(alert.data.get("route") or ()), *units(alert)])
            return [one for one in every if heard(one, alert.level.value)]

        return both

    def unheard(self, units: Units) -> Units:
        """Names the units of an alert's route that no receiver takes messages of its level for."""
        directory, name = self._services.directory, self._services.organisations.name

        def nobody(alert: Alert) -> Sequence[str]:
            level = alert.level.value
            return [name(one) for one in units(alert) if not directory.for_unit(one, level)]

        return nobody

    def ties(self) -> Ties:
        """Which rules each rule inhibits where it is open, and where the numbers come from.

        Each rule is looked up once: ten thousand alerts may be asked about in one turn.
        """
        rules, catalogue = self._services.rules.all(), self._services.catalogue
        known: dict[tuple[str, str | None], frozenset[str]] = {}

        def sources(alert: Alert) -> frozenset[str]:
            key = alert.key.rule, alert.indicator
            if key not in known:
                rule = rules.get(alert.key.rule)
                named = [one.id for one in rule.indicators] if rule is not None else []
                found = named or ([alert.indicator] if alert.indicator else [])
                known[key] = sources_of(catalogue, found)
            return known[key]

        inhibits = {one.id: one.spec.inhibits for one in rules.values() if one.spec.inhibits}
        return Ties(inhibits, sources)

    def category(self, rule: str) -> str | None:
        """The category that a case of the rule's alerts gets: its own, or the table's."""
        found = self.find(rule)
        if found is not None and found.spec.dispatch:
            return found.spec.dispatch
        topic = rule.partition(".")[0]
        for wanted in ((topic, rule), (topic, ""), ("", "")):
            if wanted in self._categories:
                return self._categories[wanted]
        return None

    def plan(self, rule: str, *, as_of: datetime | None = None) -> PlanSpec | None:
        """The plan that the rule names, as of a moment; None when there is none."""
        found = self.find(rule, as_of=as_of)
        return found.plan if found is not None else None
