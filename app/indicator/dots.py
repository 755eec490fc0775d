"""The points of a line as dots of a chart: thinned where there are too many, gaps kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from html import escape

from app.figures.model import Dot, X
from app.indicator.axes import x_of
from app.indicator.lines import Line, Point
from app.indicator.words import STATUS, full_label, said
from topics.kit.contracts import Period, PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import end_of, local_start

MOST_DRAWN = 800  # points of one line; longer ones keep the lowest and highest of each stretch
_SILENT = timedelta(minutes=15)  # after which a sensor has been silent, however often it speaks

Names = Mapping[str, str]  # region code -> the name at the end of its line


def dots_of(spec: IndicatorSpec, line: Line, named: bool, names: Names) -> list[Dot]:
    """The dots of a line; `named` says the region with each, where several are drawn."""
    made: list[Dot] = []
    before: Point | None = None
    for point in thinned(line.points):
        if before is not None and _apart(spec, before, point):
            made.append(Dot(x_of(point.period), None, ""))
        made.append(dot_of(spec, point, x_of(point.period), names[line.region] if named else ""))
        before = point
    return made


def dot_of(spec: IndicatorSpec, point: Point, x: X, name: str = "") -> Dot:
    """The point at `x`, with what is said when it is pointed at."""
    words = [f"{name} · {full_label(point.period)}" if name else full_label(point.period)]
    note = STATUS[point.status]
    value = "" if point.value is None else said(spec, point.value)
    words.append(f"<b>{escape(value)}</b> {note}".strip() if value else note)
    if point.former and point.former[-1].value is not None:
        words.append(f"更正前 {escape(said(spec, point.former[-1].value))}")
    return Dot(x, point.value, "<br>".join(words), point.status, bool(point.former))


def gaps_of(line: Line) -> list[tuple[X, X, str]]:
    """Stretches of periods without a value, each with what it is that is missing."""
    made: list[tuple[X, X, str]] = []
    run: list[Point] = []
    for point in [*line.points, None]:
        if point is not None and point.value is None:
            run.append(point)
            continue
        if run:
            first, last = run[0].period, run[-1].period
            half = (end_of(first) - first.start) / 2
            ends = [Period(moment, PeriodKind.INSTANT)
                    for moment in (first.start - half, last.start + half)]  # fmt: skip
            made.append((x_of(ends[0]), x_of(ends[1]), STATUS[run[0].status]))
            run = []
    return made


def thinned(points: Sequence[Point], most: int = MOST_DRAWN) -> list[Point]:
    """At most about `most` of the points: of each stretch the lowest, the highest and all gaps.

    Every point that is kept is a real one.
    """
    if len(points) <= most:
        return list(points)
    width = -(-len(points) * 2 // most)
    kept = []
    for at in range(0, len(points), width):
        group = points[at : at + width]
        known = [one for one in group if one.value is not None]
        if not known:
            kept.append(group[0])
            continue
        ends = {min(known, key=_value).period, max(known, key=_value).period}
        kept += [one for one in group if one.period in ends]
    if kept[-1] is not points[-1]:
        kept.append(points[-1])
    return kept


def _apart(spec: IndicatorSpec, before: Point, after: Point) -> bool:
    """Whether no line may join two points: a sum that began anew, or a sensor that was silent."""
    if spec.period_kind is PeriodKind.CUMULATIVE and spec.unit != "%":
        return local_start(before.period).year != local_start(after.period).year
    if spec.period_kind is PeriodKind.INSTANT:
        return after.period.start - before.period.start > max(_SILENT, spec.frequency * 8)
    return False


def _value(point: Point) -> float:
    return point.value if point.value is not None else 0.0
