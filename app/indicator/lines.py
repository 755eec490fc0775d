"""Series of one indicator: read, with corrections and with the periods that never came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from app.indicator.cycles import first_of_cycles
from app.indicator.parts import Parts, moment
from app.indicator.question import MOST_POINTS, Question
from app.security.contracts import Subject
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import previous

QUARTER = timedelta(days=80)
_STEPS = {
    PeriodKind.HOUR: timedelta(hours=1),
    PeriodKind.DAY: timedelta(days=1),
    PeriodKind.MONTH: timedelta(days=31),
    PeriodKind.CUMULATIVE: timedelta(days=31),
    PeriodKind.END: timedelta(days=31),
    PeriodKind.QUARTER: timedelta(days=92),
    PeriodKind.YEAR: timedelta(days=366),
}
_MOST_GAPS = 2000  # periods filled in; longer series have gaps by their times alone


@dataclass(frozen=True, slots=True)
class Point:
    """One period of a line: what holds now, and what was said before (oldest first).

    `now` None: the period should be there and never came. `value` is never a filled-in zero.
    """

    period: Period
    now: Observation | None
    former: tuple[Observation, ...] = ()

    @property
    def value(self) -> float | None:
        """The value that holds; None where there is none."""
        return self.now.value if self.now else None

    @property
    def status(self) -> str:
        """A ValueStatus, or "absent" for a period that never came."""
        return self.now.status.value if self.now else "absent"


@dataclass(frozen=True, slots=True)
class Line:
    """The points of one region, oldest first."""

    region: str
    points: Sequence[Point] = field(default_factory=tuple)

    def at(self, period: Period) -> Point | None:
        """The point of that period, None when the line does not reach it."""
        return next((one for one in self.points if one.period == period), None)

    @property
    def latest(self) -> Point | None:
        """The newest period of which anything was said."""
        return next((one for one in reversed(self.points) if one.now is not None), None)


@dataclass(frozen=True, slots=True)
class History:
    """The chosen region's line, the others it is compared with, and whether anything was cut."""

    main: Line
    others: Sequence[Line] = ()
    cut: bool = False
    withheld: bool = False  # a value is there that this person may not see before its release


def read_history(
    parts: Parts, subject: Subject, asked: Question, recent: Sequence[Observation]
) -> History:
    """The lines that the question asks for, as known at its moment, as the subject may see them.

    `recent` are the newest periods of the chosen region, oldest first.
    """
    spec = asked.spec
    start, end = _bounds(asked, recent)
    said = parts.statements.of_series(
        spec.id, asked.region, start=start, end=end, as_of=asked.as_of
    )
    cut = len(said) > MOST_POINTS
    shown = parts.visible(subject, spec, said[-MOST_POINTS:])
    main = Line(asked.region, with_gaps(spec, _points(shown)))
    others = () if asked.overlaid else asked.compare
    first = main.points[0].period.start if main.points else start
    return History(
        main=main,
        others=tuple(_other(parts, subject, asked, code, first, end) for code in others),
        cut=cut,
        withheld=len(shown) < len(said[-MOST_POINTS:]),
    )


def _bounds(
    asked: Question, recent: Sequence[Observation]
) -> tuple[datetime | None, datetime | None]:
    stretch = asked.stretch
    if asked.overlaid:
        newest = asked.period or (recent[-1].period if recent else None)
        return (None if newest is None else first_of_cycles(newest), None)
    if stretch.count is not None:
        start = recent[-stretch.count :][0].period.start if recent else None
    elif stretch.back is not None:
        start = moment(asked.as_of) - stretch.back
    else:
        start = stretch.start
    # A chosen period that is a little older than the stretch is shown with it.
    if asked.period is not None and start is not None and stretch.end is None:
        start = min(start, asked.period.start)
    return start, stretch.end


def _other(
    parts: Parts,
    subject: Subject,
    asked: Question,
    region: str,
    start: datetime | None,
    end: datetime | None,
) -> Line:
    found = parts.values.listed(
        indicators=[asked.spec.id],
        regions=[region],
        start=start,
        end=end,
        as_of=asked.as_of,
        limit=MOST_POINTS,
    )
    points = [Point(one.period, one) for one in parts.visible(subject, asked.spec, found)]
    return Line(region, with_gaps(asked.spec, points))


def _points(said: Sequence[Observation]) -> list[Point]:
    points = []
    for period, group in groupby(said, key=lambda one: one.period):
        rows = list(group)
        points.append(Point(period, rows[-1], tuple(rows[:-1])))
    return points


def with_gaps(spec: IndicatorSpec, points: Sequence[Point]) -> list[Point]:
    """The points and, between them, the periods that should be there and never came."""
    step = _STEPS.get(spec.period_kind)
    quarterly = spec.frequency >= QUARTER
    if len(points) < 2 or step is None or (spec.frequency > step * 1.5 and not quarterly):
        return list(points)
    if len(points) > _MOST_GAPS:
        return list(points)
    there = {one.period: one for one in points}
    first, period = points[0].period, points[-1].period
    for _ in range(_MOST_GAPS):
        period = previous(period, quarterly=quarterly)
        if period.start <= first.start:
            break
        there.setdefault(period, Point(period, None))
    return [there[one] for one in sorted(there)]


def doubtful(status: str) -> bool:
    """Whether a value of this status is shown as one to be careful with."""
    return status in (ValueStatus.ESTIMATED.value, ValueStatus.SUSPECT.value)
