"""Completeness of every indicator over its last 30 periods, kept for a minute."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from app.services import Services
from topics.kit.contracts import Period, ValueStatus
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.period_labels import label
from topics.kit.periods import ZONE, spelt
from topics.kit.quality.complete import Share, counted_as, expected, newest_due, share
from topics.kit.quality.tags import USUAL_COMPLETE
from topics.kit.quality.words import percent

_KEEP_S = 60.0

States = Mapping[str, Mapping[Period, ValueStatus]]


class Shares:
    """Reads the statuses of an indicator's periods; the same answer serves a minute."""

    def __init__(self, services: Services) -> None:
        """Ask the stores of `services`."""
        self._services = services
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}

    def rows(self, specs: Iterable[IndicatorSpec], as_of: datetime | None) -> list[dict[str, Any]]:
        """One row an indicator that ever had a value, the least complete first."""
        rows = [self._row(spec, as_of) for spec in specs]
        known = [row for row in rows if row["share"] is not None]
        return sorted(known, key=lambda row: (row["share"], row["indicator"]))

    def _row(self, spec: IndicatorSpec, as_of: datetime | None) -> dict[str, Any]:
        if as_of is not None:
            return self._made(spec, as_of, as_of)
        kept = self._kept.get(spec.id)
        if kept is None or kept[0] < time.monotonic():
            made = self._made(spec, datetime.now(UTC), None)
            kept = self._kept[spec.id] = (time.monotonic() + _KEEP_S, made)
        return kept[1]

    def _made(self, spec: IndicatorSpec, now: datetime, as_of: datetime | None) -> dict[str, Any]:
        presence = self._services.quality.presence
        first = presence.first(spec.id)
        due = expected(spec, newest_due(spec, now), min(first.values(), default=now))
        states: States = {}
        if due:
            start = due[-1].start
            states = presence.states(spec.id, counted_as(spec), start=start, end=now, as_of=as_of)
        cells = [(period, _over(period, first, states)) for period in reversed(due)]
        whole = sum((found for _, found in cells), Share(0, 0))
        limit = USUAL_COMPLETE if spec.checks.complete is None else spec.checks.complete
        return {
            "indicator": spec.id,
            "title": spec.title,
            "owner": self._services.organisations.name(spec.owner),
            "limit": limit,
            "counted": counted_as(spec).value,
            "share": whole.complete,
            "text": "" if whole.complete is None else percent(whole.complete),
            "estimated": whole.estimated,
            "periods": [_cell(period, found, now) for period, found in cells],
        }


def _over(period: Period, first: Mapping[str, datetime], states: States) -> Share:
    """All regions of one period; a region is asked for from its first value on."""
    asked = [region for region, begun in first.items() if begun <= period.start]
    counts = (share([period], states.get(region, {})) for region in asked)
    return sum(counts, Share(0, 0))


def _cell(period: Period, found: Share, now: datetime) -> dict[str, Any]:
    return {
        "period": spelt(period),
        "label": f"{period.start.astimezone(ZONE):%m-%d %H:%M}"
        if period.kind.value == "小时"
        else label(period, now=now),
        "due": found.due,
        "came": found.came,
        "share": found.complete,
    }
