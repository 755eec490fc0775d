"""A long series in few points: the finest grain that fits, from roll-ups and values as of then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from topics.kit.contracts import Observation, PeriodKind
from topics.kit.periods import ZONE
from topics.kit.reading import SeriesValues
from topics.kit.rolled import ROLLED_KINDS, Grain, Rolled, RolledSeries
from topics.kit.stores.postgres_rollups import PostgresRollups


class RolledReader:
    """Answers charts."""

    def __init__(self, rollups: PostgresRollups, values: SeriesValues) -> None:
        """Read roll-ups, and the values themselves where those are asked for."""
        self._rollups = rollups
        self._values = values

    def read(
        self,
        indicator: str,
        region: str,
        kind: PeriodKind,
        *,
        start: datetime,
        end: datetime,
        max_points: int,
        as_of: datetime | None,
        grain: Grain | None = None,
    ) -> RolledSeries:
        """Periods of [start, end) in at most about `max_points` points, or in the grain asked for.

        Values slower than an hour are answered as they are. Where values are dropped the answer
        begins with hours.
        """
        raw_from = self._rollups.state(indicator).raw_from
        which = {"indicator": indicator, "region": region, "start": start, "end": end}
        chosen = grain or self._fitting(which, kind, max_points, raw_from)
        if chosen is Grain.RAW or kind not in ROLLED_KINDS:
            found = self._values.series(indicator, region, start=start, end=end, as_of=as_of)
            items = [_single(one) for one in found if one.period.kind is kind]
            return RolledSeries(Grain.RAW, tuple(items), raw_from)
        if kind is PeriodKind.HOUR:
            chosen = Grain.DAY
        items = self._buckets({**which, "grain": chosen.value}, kind, as_of, raw_from)
        return RolledSeries(chosen, tuple(items), raw_from)

    def _fitting(
        self, which: dict[str, Any], kind: PeriodKind, most: int, raw_from: datetime | None
    ) -> Grain:
        dropped = raw_from is not None and which["start"] < raw_from
        if not dropped and not self._rollups.more_than(most, {**which, "grain": ""}, kind):
            return Grain.RAW
        hours = (which["end"] - which["start"]) / Grain.HOUR.length
        return Grain.HOUR if hours <= most and kind is PeriodKind.INSTANT else Grain.DAY

    def _buckets(
        self,
        which: dict[str, Any],
        kind: PeriodKind,
        as_of: datetime | None,
        raw_from: datetime | None,
    ) -> list[Rolled]:
        """Rolled-up buckets where they are proven, the others from the values while those exist."""
        grain = Grain(which["grain"])
        last = _floor(which["end"] - timedelta(microseconds=1), grain)
        which = {**which, "start": _floor(which["start"], grain), "end": last + grain.length}
        versions, known = self._rollups.versions(which, as_of)
        found = {one.start: one for one in versions}
        proven = {start for start, one in found.items() if one.exact}
        through = self._rollups.state(which["indicator"]).rolled_through or which["start"]
        open_from = _floor(min(through, which["end"]), grain)
        doubtful = {one.astimezone(ZONE) for one in known} - proven
        begin = min([*doubtful, max(open_from, which["start"])])
        if raw_from is not None:
            begin = max(begin, raw_from)
        if begin < which["end"]:
            for one in self._rollups.from_raw({**which, "start": begin}, kind, as_of):
                if one.start in doubtful or one.start >= open_from:
                    found[one.start] = one
        return [found[start] for start in sorted(found)]


def _floor(moment: datetime, grain: Grain) -> datetime:
    here = moment.astimezone(ZONE).replace(minute=0, second=0, microsecond=0)
    return here.replace(hour=0) if grain is Grain.DAY else here


def _single(one: Observation) -> Rolled:
    start = one.period.start.astimezone(ZONE)
    if one.value is None:
        return Rolled(start, None, None, None, 0, absent=1)
    suspect = int(one.status.value == "suspect")
    return Rolled(start, one.value, one.value, one.value, 1 - suspect, suspect=suspect)
