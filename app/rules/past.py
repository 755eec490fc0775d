"""What trials of rules look at, read from the stores: values, forecasts, scores, reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.roles.alerting import EVENTS
from app.services import Services
from topics.kit.alerting.backtest import Past
from topics.kit.alerting.rules import Rule
from topics.kit.contracts import Observation
from topics.kit.errors import BadRule

MOST = 600_000
"""Statements that one trial reads at most."""

_A_YEAR = timedelta(days=367)
_LONG, _SHORT = timedelta(days=40), timedelta(days=2)  # so that what already fired is known

Observed = Mapping[str, Mapping[str, list[Observation]]]


def past_of(
    services: Services, rule: Rule, start: datetime, end: datetime, *, most: int = MOST
) -> Past:
    """All that the rule would have looked at in [start, end); BadRule: nobody keeps such events."""
    kind, regions = rule.spec.kind, list(rule.series)
    if kind == "density":
        if rule.spec.when != EVENTS:
            raise BadRule(f"没有 {rule.spec.when} 这类事件;density 的 when 请写 {EVENTS}")
        lead = rule.spec.within + max(rule.spec.hold, rule.spec.keep)
        return Past(reports=services.case_places.history(rule.spec.category, start - lead, end))
    if kind == "forecast":
        indicator = rule.indicators[0].id
        return Past(foretold=services.forecast_store.stood(indicator, regions, start - _SHORT, end))
    observed = _observed(services, rule, start, end, most)
    if kind != "anomaly":
        return Past(observed)
    indicator = rule.indicators[0].id
    return Past(
        observed, scores=services.forecast_store.scored(indicator, regions, start - _LONG, end)
    )


def _observed(
    services: Services, rule: Rule, start: datetime, end: datetime, most: int
) -> Observed:
    found: dict[str, dict[str, list[Observation]]] = {}
    for spec in rule.indicators:
        lead = _LONG if spec.frequency >= timedelta(days=1) else _SHORT
        if rule.spec.kind == "change" and rule.spec.against == "year":
            lead += _A_YEAR
        lead = max(lead, 3 * spec.freshness)
        rows = services.observations.statements(
            [spec.id], list(rule.series), start=start - lead, end=end, limit=most
        )
        for one in rows:
            found.setdefault(one.region, {}).setdefault(spec.id, []).append(one)
    return found


def count_of(past: Past) -> int:
    """How many statements about values were read."""
    return sum(len(rows) for one in past.observed.values() for rows in one.values())
