"""The checks of incoming values within the transaction that stores them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import previous
from topics.kit.quality.contracts import Cleared, Doubt, Flag
from topics.kit.quality.intake import Ended, Judged, judge, key_of
from topics.kit.stores import postgres_read as read
from topics.kit.stores.postgres_events import PostgresEvents
from topics.kit.stores.postgres_flags import clear_flags, due, flag, flag_of, raise_flags

_QUARTERLY = timedelta(days=80)
_NEAR = 10  # a moment's predecessor is at most so many times its frequency away
_STILL_SPEAK = (Cleared.RECOVERED.value, Cleared.ACCEPTED.value)

Series = tuple[str, str]


class PostgresIntake:
    """Judges each batch before it is written and keeps what was said of what changed."""

    def __init__(
        self,
        find: Callable[[str], IndicatorSpec | None],
        events: PostgresEvents,
        computed: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """`find` knows the indicators; `computed` which of them come from formulas."""
        self._find = find
        self._events = events
        self._computed = computed

    def admit(
        self, connection: sa.Connection, rows: Sequence[Observation], *, live: bool
    ) -> Judged:
        """The rows as they are to be written; BadObservation for one beyond its hard limits.

        History that is loaded (`live` false) is not looked at for jumps.
        """
        specs = {
            name: spec
            for name in {one.indicator for one in rows}
            if (spec := self._find(name)) is not None
        }
        jumping = [name for name, one in specs.items() if live and one.checks.jumps]
        before = _Before(connection, rows, specs, jumping) if jumping else _nothing
        flags = self._speaking(connection, rows, list(specs))
        return judge(rows, specs, flags, before, self._computed)

    def settle(
        self,
        connection: sa.Connection,
        judged: Judged,
        changed: Sequence[Observation],
        now: datetime,
    ) -> None:
        """Raise and end the flags of what became current, and have its series looked at."""
        if judged.doubts or judged.ended:
            keys = [key_of(one) for one in changed]
            ended = [one for key in keys for one in judged.ended.get(key, ())]
            doubts = [one for key in keys for one in judged.doubts.get(key, ())]
            clear_flags(connection, self._events, _once(ended), now)
            raise_flags(connection, self._events, _latest(doubts), now)
        names = sorted({one.indicator for one in changed if self._watched(one.indicator)})
        if names:
            rows = [{"indicator": name, "marked_at": sa.func.clock_timestamp()} for name in names]
            statement = insert(due).values(rows)
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["indicator"], set_={"marked_at": statement.excluded.marked_at}
                )
            )

    def _watched(self, indicator: str) -> bool:
        spec = self._find(indicator)
        if spec is None:
            return False
        checks = spec.checks
        wanted = (checks.stuck_hours, checks.complete, checks.jump_times)
        return checks.additive != "none" or any(one is not None for one in wanted)

    @staticmethod
    def _speaking(
        connection: sa.Connection, rows: Sequence[Observation], names: list[str]
    ) -> list[Flag]:
        """Return the flags that decide about a value sent again: open, recovered, accepted."""
        if not names:
            return []
        start = min(one.period.start for one in rows)
        cover = sa.func.coalesce(
            flag.c.period_until,
            sa.case((flag.c.kind == "stuck", sa.text("'infinity'")), else_=flag.c.period_start),
        )
        query = sa.select(flag).where(
            flag.c.indicator == sa.any_(sa.literal(names, sa.ARRAY(sa.Text))),
            cover >= start,
            flag.c.cleared.is_(None) | flag.c.cleared.in_(_STILL_SPEAK),
        )
        return [flag_of(row) for row in connection.execute(query)]


class _Before:
    """The values of the periods before those of a batch, stored or in the batch itself."""

    def __init__(
        self,
        connection: sa.Connection,
        rows: Sequence[Observation],
        specs: Mapping[str, IndicatorSpec],
        jumping: Sequence[str],
    ) -> None:
        mine = [one for one in rows if one.indicator in set(jumping)]
        self._specs = specs
        self._values: dict[Series, dict[datetime, float]] = {}
        for name in jumping:
            of_name = [one for one in mine if one.indicator == name]
            starts = [one.period.start for one in of_name]
            wanted = read.Wanted(
                [name],
                sorted({one.region for one in of_name}),
                start=min(starts) - _reach(specs[name]),
                end=max(starts),
            )
            self._take(read.listed(connection, wanted, after=None, limit=_MOST))
        self._take(mine)

    def __call__(self, one: Observation) -> Sequence[float]:
        spec = self._specs[one.indicator]
        known = self._values.get((one.indicator, one.region))
        if not known or not spec.checks.jumps:
            return ()
        if one.period.kind is PeriodKind.INSTANT:
            since = one.period.start - _NEAR * spec.frequency
            near = sorted((at for at in known if since <= at < one.period.start), reverse=True)
            return [known[at] for at in near[:2]]
        found, period = [], one.period
        for _ in range(2):
            period = _step(period, spec)
            # After a gap there is nothing to compare with: two periods back is another statement.
            if period.start not in known:
                break
            found.append(known[period.start])
        return found

    def _take(self, rows: Sequence[Observation]) -> None:
        for one in rows:
            if one.value is not None:
                of_series = self._values.setdefault((one.indicator, one.region), {})
                of_series[one.period.start] = one.value


_MOST = 200_000


def _nothing(_: Observation) -> Sequence[float]:
    return ()


def _step(period: Period, spec: IndicatorSpec) -> Period:
    return previous(period, quarterly=spec.frequency >= _QUARTERLY)


def _reach(spec: IndicatorSpec) -> timedelta:
    if spec.period_kind is PeriodKind.INSTANT:
        return _NEAR * spec.frequency
    return 3 * max(spec.frequency, timedelta(hours=1)) + timedelta(days=1)


def _once(ended: Sequence[Ended]) -> list[Ended]:
    return list({one.flag: one for one in ended}.values())


def _latest(doubts: Sequence[Doubt]) -> list[Doubt]:
    """Of a batch that says a period twice, the doubt about what was said last."""
    return list({(one.kind, one.indicator, one.region, one.period): one for one in doubts}.values())
