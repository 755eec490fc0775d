"""A small past, replayed tick by tick to the live evaluation as it became known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from tests.topics.alerting.small_city import REGIONS, classes
from tests.topics.alerting.test_alert_evaluation import MemoryKeeper
from topics.kit.alerting.backtest import Past, backtest
from topics.kit.alerting.density import Happenings
from topics.kit.alerting.evaluate import Evaluation
from topics.kit.alerting.facts import StoredFacts
from topics.kit.alerting.rules import Rule
from topics.kit.alerting.switches import PEACETIME, Switches
from topics.kit.alerting.telling import Teller
from topics.kit.alerting.tracks_crowds import NOTHING_REPORTED, Reports
from topics.kit.alerting.tracks_foreseen import Foretold, Scored
from topics.kit.alerting.values import LatestValues
from topics.kit.contracts import Observation
from topics.kit.duty.contracts import Mode
from topics.kit.events import Position, Tail
from topics.kit.forecast.contracts import Anomaly, Forecast

TICK = timedelta(minutes=5)
LATER = timedelta(seconds=1)
"""Ticks come a little after what they see: an age passes its limit just after the full minute."""

CODES = ["4402", "440201", "440202", "S1", "S2", "S3"]

Steps = dict[str, list[tuple[datetime, str, str]]]
"""At each place, tick by tick: the step and the level it leads to."""


@dataclass
class Replay:
    """What there is to know, as known at `now`: implements what the evaluation reads."""

    rule: Rule
    rows: Sequence[Observation] = ()
    foretold: Mapping[str, Sequence[Foretold]] = field(default_factory=dict)
    scores: Mapping[str, Sequence[Scored]] = field(default_factory=dict)
    reports: Reports = NOTHING_REPORTED
    switches: Switches = PEACETIME
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    def current(self) -> Sequence[Rule]:
        return [self.rule]

    def mode(self) -> Mode:
        return Mode(wartime=self.switches.at(self.now))

    def known(self) -> dict[tuple[str, str, datetime], Observation]:
        """Of each period what was said of it last."""
        heard = [one for one in self.rows if one.recorded_at and one.recorded_at <= self.now]
        heard.sort(key=lambda one: one.recorded_at or self.now)
        return {(one.indicator, one.region, one.period.start): one for one in heard}

    def latest(self, *, indicators: Sequence[str], as_of: Any) -> list[Observation]:
        found: dict[tuple[str, str], Observation] = {}
        for (indicator, region, start), one in self.known().items():
            if indicator in indicators:
                before = found.get((indicator, region))
                if before is None or before.period.start <= start:
                    found[indicator, region] = one
        return list(found.values())

    def position(self) -> Position:
        return Position("e", 0)

    def read(self, after: Position, *, wait: timedelta) -> Tail:
        return Tail(after, [])

    def at_periods(
        self, indicators: Sequence[str], regions: Any, starts: Sequence[datetime], *, as_of: Any
    ) -> list[Observation]:
        known = self.known().items()
        return [one for (name, _, at), one in known if name in indicators and at in starts]

    def shown(self, indicator: str, region: str, *, as_of: Any) -> Forecast | None:
        made = [one for one in self.foretold.get(region, ()) if one.made_at <= self.now]
        return max(made, key=lambda one: one.made_at).forecast if made else None

    def anomalies(
        self, indicator: str, region: str, *, as_of: Any, limit: int = 1
    ) -> list[Anomaly]:
        made = [one for one in self.scores.get(region, ()) if one.made_at <= self.now]
        made.sort(key=lambda one: (one.period.start, one.recorded_at), reverse=True)
        return [Anomaly(one.period, one.score, 0.0, one.made_at) for one in made[:limit]]

    def happened(self, kind: str, category: str, since: datetime, until: datetime) -> Happenings:
        one, now = self.reports, self.now.timestamp()
        seen = (one.at > since.timestamp()) & (one.at <= until.timestamp())
        seen &= (one.known <= now) & (one.gone > now)
        places = [one.regions[n] for n in np.flatnonzero(seen)]
        return Happenings(one.longitude[seen], one.latitude[seen], one.at[seen] / 3600, places)


def live(replay: Replay, start: datetime, end: datetime) -> Steps:
    """What the evaluation says of every place, were it to run through the past."""
    keeper = MemoryKeeper()
    facts = StoredFacts(replay, replay, replay.happened)
    values = LatestValues(replay, replay, CODES)
    leader = Evaluation(replay, values, facts, keeper, Teller(REGIONS.find, classes), replay.mode)
    leader.lead(1)
    now = start + LATER
    while now <= end:
        replay.now = facts.now = now
        leader.tick(now)
        now += TICK
    places = {one.alert: str(one.data["region"]) for one in keeper.events if "region" in one.data}
    found: Steps = {code: [] for code in replay.rule.series}
    for event in keeper.events:
        level = event.level.value if event.level else ""
        found[places[event.alert]].append((event.at, event.step.value, level))
    return found


def tried(replay: Replay, start: datetime, end: datetime) -> Steps:
    """The same of the backtest, each step at the tick that would have seen it."""
    observed: dict[str, dict[str, list[Observation]]] = {}
    for one in replay.rows:
        observed.setdefault(one.region, {}).setdefault(one.indicator, []).append(one)
    past = Past(observed, replay.foretold, replay.scores, replay.reports)
    outcome = backtest(replay.rule, past, classes, start, end, switches=replay.switches)
    found: Steps = {code: [] for code in replay.rule.series}
    for episode in outcome.episodes:
        for moment in episode.moments:
            level = moment.level.value if moment.level else ""
            at = _tick_after(moment.at, start)
            if at <= end:
                found[episode.region].append((at, moment.step.value, level))
    return found


def _tick_after(moment: datetime, start: datetime) -> datetime:
    ticks = -((start + LATER - moment) // TICK)
    return start + LATER + ticks * TICK
