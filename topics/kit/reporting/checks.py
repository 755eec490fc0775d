"""What looks wrong in a filing: one computation for what is typed and for what is handed in.

`error` keeps a filing from being submitted; `explain` demands a sentence; `tell` only says.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from topics.kit.contracts import PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import local_start
from topics.kit.quality.limits import refusal
from topics.kit.reporting.cells import Reading, read_cell
from topics.kit.reporting.contracts import Cells, Form, Place

Severity = Literal["error", "explain", "tell"]
SHORTEST_NOTE = 2
_RATES = frozenset({"%", "‰", "百分点"})
_UNIT_SLIP = 0.3  # of a power of ten: a factor of two beside ×10³ or ×10⁴
_FEWEST_SAME = 3


@dataclass(frozen=True, slots=True)
class Known:
    """What is already known beside a cell: the period before, a year ago, and the store's value."""

    last: float | None = None
    same: float | None = None
    stored: float | None = None
    stored_source: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one cell, in Chinese; `suggest` is the text that would mend it."""

    place: Place
    kind: str
    severity: Severity
    text: str
    suggest: str | None = None


def check(form: Form, cells: Cells, known: Mapping[Place, Known]) -> list[Finding]:
    """Everything that is wrong or odd, row by row."""
    readings = {
        Place(column.id, row.code): _read(cells, Place(column.id, row.code), column)
        for column in form.columns
        for row in form.rows
    }
    values = {place: one.value for place, one in readings.items() if one.value is not None}
    found: dict[Place, list[Finding]] = {place: [] for place in form.places()}
    for column in form.columns:
        for row in form.rows:
            place = Place(column.id, row.code)
            beside = known.get(place, Known())
            found[place] += _of_cell(form, column, place, readings[place], beside)
        for one in (*_sums(form, column, values), *_copied(form, column, values, known)):
            found[one.place].append(one)
    return [one for place in form.places() for one in found[place]]


def unexplained(cells: Cells, findings: Sequence[Finding]) -> list[Finding]:
    """What keeps the filing from being handed in: errors, and deviations without a sentence."""
    return [
        one
        for one in findings
        if one.severity == "error"
        or (one.severity == "explain" and not _explained(cells, one.place))
    ]


def _explained(cells: Cells, place: Place) -> bool:
    cell = cells.get(place)
    return cell is not None and len(cell.note.strip()) >= SHORTEST_NOTE


def _read(cells: Cells, place: Place, column: IndicatorSpec) -> Reading:
    cell = cells.get(place)
    return read_cell(cell.text if cell else "", column.unit)


def _of_cell(
    form: Form, column: IndicatorSpec, place: Place, reading: Reading, known: Known
) -> Iterator[Finding]:
    if reading.problem is not None:
        yield Finding(place, "text", "error", reading.problem)
        return
    if reading.value is None:
        said = "填了缺数" if reading.gap else "没有填"
        yield Finding(place, "missing", "explain", f"{said};请补数,确实没有的填 - 并说明原因")
        return
    value = reading.value
    if value < 0 and column.id not in form.spec.negative:
        yield Finding(place, "negative", "error", f"{_shown(value)} 为负;本列不应为负,请核对")
        return
    slip, beyond = _slip(column, value, known), refusal(column, value)
    if slip is not None:
        # What the store would refuse cannot be explained away.
        yield Finding(place, "unit", "error" if beyond else "explain", *slip)
    elif beyond:
        yield Finding(place, "range", "error", beyond)
    else:
        yield from _deviations(form, column, place, value, known)
    if known.stored is not None and not math.isclose(known.stored, value, rel_tol=1e-9):
        text = f"库中这一期已有 {_shown(known.stored)}({known.stored_source or '来源未注明'})"
        yield Finding(place, "stored", "tell", text)


def _slip(column: IndicatorSpec, value: float, known: Known) -> tuple[str, str] | None:
    """The sentence and the mended number when the value is off by a whole unit."""
    against = known.same if known.same else known.last
    if not against or not value or (against < 0) != (value < 0):
        return None
    power = math.log10(value / against)
    rate = column.unit in _RATES
    for steps, words in ((2, "×100"),) if rate else ((4, "×10⁴"), (3, "×1000"), (8, "×10⁸")):
        for sign in (1, -1):
            if abs(power - sign * steps) <= _UNIT_SLIP:
                mended = value / 10.0 ** (sign * steps)
                what = f"可能多了 {words}" if sign > 0 else f"可能少了 {words}"
                unit = f",本列单位是 {column.unit}" if column.unit else ""
                text = f"{_shown(value)} 与{_of(known)} {_shown(against)} 差一个数量级,{what}{unit}"
                return text, _shown(mended, separators=False)
    return None


def _of(known: Known) -> str:
    return "上年同期" if known.same else "上期"


def _deviations(
    form: Form, column: IndicatorSpec, place: Place, value: float, known: Known
) -> Iterator[Finding]:
    limits = form.spec.deviation
    if column.unit in _RATES:
        for name, against in (("上期", known.last), ("上年同期", known.same)):
            if against is not None and abs(value - against) > limits.points + 1e-9:
                text = f"较{name} {_shown(against)} 变化 {_points(value - against)}"
                text += f",超过 {limits.points:g} 个百分点"
                yield Finding(place, "jump" if name == "上期" else "yoy", "explain", text)
        return
    summed = form.period.kind is PeriodKind.CUMULATIVE
    if summed and known.last is not None and _same_year(form, column) and value < known.last:
        text = f"累计 {_shown(value)} 小于上期累计 {_shown(known.last)}"
        yield Finding(place, "shrunk", "explain", text)
    for name, against, limit in (
        ("上期", None if summed else known.last, limits.jump),
        ("上年同期", known.same, limits.yoy),
    ):
        if against and abs(value / against - 1) > limit / 100 + 1e-9:
            change = (value / against - 1) * 100
            text = f"较{name} {_shown(against)} {_percent(change)},超过 {limit:g}%"
            yield Finding(place, "jump" if name == "上期" else "yoy", "explain", text)


def _same_year(form: Form, column: IndicatorSpec) -> bool:
    """Whether the period before sums up the same year: the first of a year starts anew."""
    first = 3 if column.frequency.days > 80 else 2
    return local_start(form.period).month > first


def _sums(form: Form, column: IndicatorSpec, values: Mapping[Place, float]) -> Iterator[Finding]:
    sums = form.spec.sums
    if sums is None or column.id not in sums.indicators:
        return
    for parent in (one for one in form.rows if one.level == "city"):
        parts = [one for one in form.rows if one.parent == parent.code]
        given = [values.get(Place(column.id, one.code)) for one in parts]
        whole = values.get(Place(column.id, parent.code))
        known = [one for one in given if one is not None]
        if whole is None or not parts or len(known) < len(given):
            continue
        total = math.fsum(known)
        if abs(total - whole) > abs(whole) * sums.tolerance / 100 + 1e-9:
            text = (
                f"县(市、区)之和 {_shown(total)} ≠ 全市 {_shown(whole)},"
                f"相差 {_shown(total - whole)}"
            )
            yield Finding(Place(column.id, parent.code), "sum", "explain", text)


def _copied(
    form: Form,
    column: IndicatorSpec,
    values: Mapping[Place, float],
    known: Mapping[Place, Known],
) -> Iterator[Finding]:
    """Say so where a whole column repeats the period before: most likely last month's file."""
    places = [Place(column.id, row.code) for row in form.rows]
    pairs = [
        (values[one], known[one].last)
        for one in places
        if one in values and one in known and known[one].last is not None
    ]
    if len(pairs) >= _FEWEST_SAME and all(now == then for now, then in pairs):
        if len({now for now, _ in pairs}) > 1:
            yield Finding(
                places[0],
                "copied",
                "explain",
                f"“{column.title}”整列与上期完全相同,是否填了上期的表",
            )


def _shown(value: float, *, separators: bool = True) -> str:
    """The number as people write it, exactly."""
    text = f"{value:,.10f}" if separators else f"{value:.10f}"
    return text.rstrip("0").rstrip(".").replace("-", "−" if separators else "-")


def _percent(change: float) -> str:
    return f"{'升' if change > 0 else '降'} {abs(change):.1f}%"


def _points(change: float) -> str:
    return f"{'升' if change > 0 else '降'} {abs(change):.2f}".rstrip("0").rstrip(".") + " 个百分点"
