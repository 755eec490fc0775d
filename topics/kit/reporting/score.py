"""数据治理 score of a month: 准确, 鲜活 and 完整 of the forms due in it, cell by cell.

Of the cells of all forms due in the month and past their time: 鲜活 is the share handed in (with a
number) by the due time, 完整 the share with a number now, 准确 the share of those numbers that
neither a review nor a correction had to change. The score is their weighted mean in hundredths.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from topics.kit.errors import BadManifest
from topics.kit.reference_rows import read_rows
from topics.kit.reporting.cells import read_cell
from topics.kit.reporting.contracts import Cell, Cells, Form, Place, Step
from topics.kit.reporting.history import handed_in_by_due, last
from topics.kit.reporting.machine import DONE, WAITING, Action, State

DIMENSIONS = ("准确", "鲜活", "完整")
_WORDS = {"准确": "退回或更正后改过", "鲜活": "截止时没有报", "完整": "没有数"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A form that was due, and what happened to its filing up to the moment of judging."""

    form: Form
    label: str
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True)
class Cost:
    """Points that one form lost in one dimension."""

    form: str
    period: str
    title: str
    dimension: str
    text: str
    cells: int
    points: float


@dataclass(slots=True)
class Score:
    """One bureau or county: shares by dimension (0–100), the score, what cost it."""

    name: str
    parts: dict[str, float] = field(default_factory=dict)
    total: float = 0.0
    cells: int = 0
    costs: list[Cost] = field(default_factory=list)


@dataclass(slots=True)
class _Tally:
    """Of one form and one group of places: how many cells, and which fail where."""

    judged: Judged
    places: list[Place]
    filled: set[Place]
    failing: dict[str, set[Place]]


def load_weights(path: Path) -> dict[str, float]:
    """The weights by dimension; BadManifest when one is missing or they make nothing."""
    try:
        found = {
            row["dimension"]: float(row["weight"])
            for row in read_rows(path, ("dimension", "weight", "order"))
        }
    except ValueError as wrong:
        raise BadManifest(f"{path.name}:weight 应是数({wrong})") from wrong
    if set(found) != set(DIMENSIONS) or min(found.values()) < 0 or sum(found.values()) <= 0:
        raise BadManifest(f"{path.name}:要有 {'、'.join(DIMENSIONS)} 三行,权重不为负且合计大于 0")
    return found


def by_bureau(judged: Iterable[Judged], weights: Mapping[str, float]) -> dict[str, Score]:
    """The scores by owner of the forms."""
    groups: dict[str, list[_Tally]] = {}
    for one in judged:
        tally = _tally(one, list(one.form.places()))
        groups.setdefault(one.form.spec.owner, []).append(tally)
    return {owner: _score(owner, tallies, weights) for owner, tallies in groups.items()}


def by_county(judged: Iterable[Judged], weights: Mapping[str, float]) -> dict[str, Score]:
    """The scores by county, over the rows of each in all forms."""
    groups: dict[str, list[_Tally]] = {}
    for one in judged:
        for row in one.form.rows:
            if row.level == "county":
                own = [Place(column.id, row.code) for column in one.form.columns]
                groups.setdefault(row.code, []).append(_tally(one, own))
    return {code: _score(code, tallies, weights) for code, tallies in groups.items()}


def changed_after(steps: Sequence[Step], form: Form) -> set[Place]:
    """The cells whose number a review or a correction changed."""
    found: set[Place] = set()
    before: Cells | None = None
    counts = False
    for step in steps:
        if step.action == Action.RETURN:
            counts = True
        elif step.action == Action.SUBMIT and step.cells is not None:
            # A correction that is only handed in has not been found right yet.
            if counts and before is not None and step.from_state not in DONE:
                found |= _differing(form, before, step.cells)
            before, counts = step.cells, False
        elif step.action == Action.ACCEPT and step.cells is not None:
            accepted = _accepted_before(steps, step)
            if step.from_state is State.CORRECTED and accepted is not None:
                found |= _differing(form, accepted, step.cells)
    return found


def _accepted_before(steps: Sequence[Step], step: Step) -> Cells | None:
    earlier = [one for one in steps if one.action == Action.ACCEPT and one.at < step.at]
    return earlier[-1].cells if earlier else None


def _differing(form: Form, before: Cells, after: Cells) -> set[Place]:
    return {one for one in form.places() if _value(form, before, one) != _value(form, after, one)}


def _tally(judged: Judged, places: list[Place]) -> _Tally:
    form, steps = judged.form, judged.steps
    in_time = handed_in_by_due(form, steps)
    fresh = _filled(form, in_time.cells if in_time else None, places)
    filled = _filled(form, _standing(steps), places)
    wrong = changed_after(steps, form) & set(places) & filled
    failing = {"准确": wrong, "鲜活": set(places) - fresh, "完整": set(places) - filled}
    return _Tally(judged, places, filled, failing)


def _standing(steps: Sequence[Step]) -> Cells | None:
    """What is handed in or accepted after these steps."""
    state = steps[-1].to_state if steps else State.PENDING
    if state in WAITING:
        handed = last(steps, Action.SUBMIT)
        return handed.cells if handed else None
    accepted = last(steps, Action.ACCEPT)
    return accepted.cells if accepted else None


def _filled(form: Form, cells: Cells | None, places: Iterable[Place]) -> set[Place]:
    if cells is None:
        return set()
    return {one for one in places if _value(form, cells, one) is not None}


def _value(form: Form, cells: Cells, place: Place) -> float | None:
    unit = next(one.unit for one in form.columns if one.id == place.indicator)
    return read_cell(cells.get(place, Cell()).text, unit).value


def _score(name: str, tallies: Sequence[_Tally], weights: Mapping[str, float]) -> Score:
    cells = sum(len(one.places) for one in tallies)
    filled = sum(len(one.filled) for one in tallies)
    whole = sum(weights.values())
    found = Score(name, cells=cells)
    for dimension in DIMENSIONS:
        base = filled if dimension == "准确" else cells
        failing = sum(len(one.failing[dimension]) for one in tallies)
        # Where no number stands, none is right.
        found.parts[dimension] = 100 * (base - failing) / base if base else 0.0
        found.total += found.parts[dimension] * weights[dimension] / whole
        if base:
            per_cell = 100 * weights[dimension] / whole / base
            found.costs += [
                _cost(one, dimension, len(one.failing[dimension]), per_cell)
                for one in tallies
                if one.failing[dimension]
            ]
        elif cells:
            found.costs.append(
                Cost(
                    "",
                    "",
                    "",
                    dimension,
                    "没有一个数,不能评准确",
                    0,
                    100 * weights[dimension] / whole,
                )
            )
    found.costs.sort(key=lambda one: -one.points)
    return found


def _cost(tally: _Tally, dimension: str, cells: int, per_cell: float) -> Cost:
    form = tally.judged.form
    return Cost(
        form=form.spec.id,
        period=tally.judged.label,
        title=form.spec.title,
        dimension=dimension,
        text=_WORDS[dimension],
        cells=cells,
        points=cells * per_cell,
    )
