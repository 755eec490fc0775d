"""Sources ranked by lateness: how late, what was promised, who owns it, the last good value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.services import Services
from topics.kit.contracts import Observation
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import ZONE, end_of, spelt
from topics.kit.quality.contracts import Flag
from topics.kit.quality.freshness import Age, Freshness, elapsed, indicator_age
from topics.kit.runs import RunRecord
from topics.kit.words.judgement import period_text

_ORDER = (Freshness.DEAD, Freshness.LATE, Freshness.NEVER, Freshness.FRESH)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Standing:
    """One indicator: its newest value of any region, and how that stands against its promise."""

    spec: IndicatorSpec
    latest: Observation | None
    age: Age

    @property
    def since(self) -> datetime | None:
        """The moment from which it was late; None while it is not."""
        if self.latest is None or not self.age.stale:
            return None
        return end_of(self.latest.period) + self.spec.freshness

    @property
    def rank(self) -> tuple[int, float]:
        """Sorts what is latest first."""
        return _ORDER.index(self.age.state), -self.age.late.total_seconds()


def standings(
    specs: Iterable[IndicatorSpec], latest: Iterable[Observation], now: datetime
) -> list[Standing]:
    """How each indicator stands at `now`, by its newest period; the latest first."""
    newest: dict[str, Observation] = {}
    for one in latest:
        known = newest.get(one.indicator)
        if known is None or one.period.start > known.period.start:
            newest[one.indicator] = one
    made = [
        Standing(spec, newest.get(spec.id), indicator_age(spec, newest.get(spec.id), now))
        for spec in specs
    ]
    return sorted(made, key=lambda one: one.rank)


def sources_json(
    services: Services,
    found: Sequence[Standing],
    runs: Mapping[str, RunRecord],
    now: datetime,
) -> list[dict[str, Any]]:
    """The sources behind the indicators; one that is late in anything is ranked by that."""
    groups: dict[tuple[str, str], list[Standing]] = {}
    for one in found:
        refreshers = services.catalogue.refreshers_of(one.spec.id)
        name = refreshers[0].id if refreshers else ""
        groups.setdefault((name or one.spec.source, one.spec.owner), []).append(one)
    return [
        _source(services, refresher, members, runs.get(refresher), now)
        for (refresher, _), members in groups.items()
    ]


def _source(
    services: Services,
    refresher: str,
    members: Sequence[Standing],
    run: RunRecord | None,
    now: datetime,
) -> dict[str, Any]:
    worst = members[0]
    spec = worst.spec
    fetched = services.catalogue.refresher(refresher) is not None
    failing = run is not None and run.ok is False
    return {
        "id": refresher if fetched else None,
        "title": spec.source,
        "topic": services.catalogue.topic_of(spec.id).topic.title,
        "owner": services.organisations.name(spec.owner),
        "state": worst.age.state.value,
        "text": worst.age.said,
        "late_s": round(worst.age.late.total_seconds()),
        "since": _iso(worst.since),
        "error": run.error if failing and run is not None else "",
        "last_ok": _iso(run.last_ok) if run is not None else None,
        "indicators": [_indicator(one, now) for one in members],
    }


def _indicator(one: Standing, now: datetime) -> dict[str, Any]:
    latest = one.latest
    return {
        "indicator": one.spec.id,
        "title": one.spec.title,
        "state": one.age.state.value,
        "text": one.age.said,
        "promise": elapsed(one.spec.freshness),
        "since": _iso(one.since),
        "region": None if latest is None else latest.region,
        "period": None if latest is None else spelt(latest.period),
        "period_text": "" if latest is None else period_text(latest, now),
        "recorded_at": _iso(None if latest is None else latest.recorded_at),
    }


def owners_json(
    services: Services, found: Sequence[Standing], late: Sequence[Flag], now: datetime
) -> list[dict[str, Any]]:
    """Each bureau's week: how often it was late, for how long at most, and what is late now."""
    specs = {one.spec.id: one for one in found}
    groups: dict[str, list[Standing]] = {}
    for one in found:
        groups.setdefault(one.spec.owner, []).append(one)
    flags: dict[str, list[Flag]] = {}
    for flag in late:
        if flag.doubt.indicator in specs and (flag.cleared_at or now) > now - WEEK:
            flags.setdefault(specs[flag.doubt.indicator].spec.owner, []).append(flag)
    rows = [
        {
            "owner": services.organisations.name(owner),
            "indicators": len(members),
            "late_now": sum(one.age.stale for one in members),
            "late_week": len({flag.doubt.indicator for flag in flags.get(owner, ())}),
            "longest": _longest(flags.get(owner, ()), specs, now),
        }
        for owner, members in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row["late_now"], -row["late_week"], row["owner"]))


def _longest(flags: Sequence[Flag], specs: Mapping[str, Standing], now: datetime) -> str:
    """The longest stretch of this week that something was late."""
    spans = [(one.cleared_at or now) - max(_late_from(one, specs), now - WEEK) for one in flags]
    return elapsed(max(spans)) if spans else ""


def _late_from(flag: Flag, specs: Mapping[str, Standing]) -> datetime:
    return end_of(flag.doubt.period) + specs[flag.doubt.indicator].spec.freshness


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(ZONE).isoformat()
