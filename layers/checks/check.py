"""All checks in their order: each looks at the features as the fixes before it would leave them.

So a date with blanks around it is found as a date, and features that a fix takes out are not
found again as duplicates. Fixing everything and checking again leaves only what needs a person.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import shapely

from layers.checks import blanks, duplicates, emptiness, mojibake, positions, regions, shapes
from layers.checks.contracts import CheckReport, CheckRules, Fixed, Issue, Repair
from layers.checks.dates import look_dates
from layers.checks.numbers import look_infinite, look_numbers
from layers.checks.outside import look_outside
from layers.checks.personal import LEVEL, look_personal, masks_of
from layers.checks.repairs import numeric_if_all
from layers.checks.schema import schema_change, schema_of
from layers.checks.subject import Subject, is_text
from layers.contracts import Classification
from layers.export.masks import mask

_CHECKS: tuple[Callable[[Subject], Iterator[Issue]], ...] = (
    mojibake.look_mojibake,
    blanks.look_blanks,
    blanks.look_wide,
    look_infinite,
    look_numbers,
    look_dates,
    regions.look_regions,
    regions.look_region_names,
    positions.look_swapped,
    positions.look_missing,
    positions.look_kinds,
    shapes.look_repeated,
    shapes.look_validity,
    shapes.look_needles,
    shapes.look_turns,
    look_outside,
    duplicates.look_keys,
    duplicates.look_twins,
    emptiness.look_empty,
    look_personal,
)
_HEIGHTS = {level: height for height, level in enumerate(Classification)}


def check(frame: gpd.GeoDataFrame, rows: np.ndarray, *, rules: CheckRules) -> CheckReport:
    """Everything that is wrong or worth knowing about the features (EPSG:4326); changes nothing.

    `rows` names each feature's row in the file, no number twice. Geometries may be missing, empty
    or infinite: those are found too.
    """
    subject = Subject(frame, rows, rules)
    issues: list[Issue] = []
    for look in _CHECKS:
        found = list(look(subject))
        subject = subject.after(found)
        issues.extend(found)
    masks = masks_of(issues, frame)
    passed, fixable, manual = _counted(rows, issues)
    return CheckReport(
        issues=tuple(_discreet(one, masks) for one in issues),
        classification=_raised(rules.classification, personal=bool(masks)),
        schema=schema_change(rules.previous, schema_of(frame, rules.key)),
        passed=passed,
        fixable=fixable,
        manual=manual,
        masks=masks,
    )


def apply_fixes(
    frame: gpd.GeoDataFrame, rows: np.ndarray, issues: Sequence[Issue], chosen: Collection[str]
) -> Fixed:
    """The features with the chosen issues fixed, in the order they were found in.

    Ids that are unknown or have no fix are passed over. Doing it again changes nothing.
    """
    start = _by_row(frame, rows)
    touched: set[int] = set()
    repairs = [(one.repair, one.rows) for one in issues if one.id in chosen and one.repair]
    for repair, wanted in repairs:
        frame, rows = _fixed(repair, frame, rows, wanted, touched)
    return Fixed(frame, rows, len(touched), _changed_shapes(start, frame, rows, touched))


def quarantine(rows: np.ndarray, issues_left: Sequence[Issue]) -> np.ndarray:
    """Which rows stay out of the version: those with an error that was not fixed."""
    errors = [one.rows for one in issues_left if one.severity == "error"]
    if not errors:
        return np.zeros(len(rows), dtype=bool)
    return np.isin(rows, np.concatenate(errors))


def kept(
    frame: gpd.GeoDataFrame, rows: np.ndarray, issues_left: Sequence[Issue]
) -> tuple[gpd.GeoDataFrame, np.ndarray]:
    """The features that go into the version, and their rows: all that are not in quarantine.

    A column of numbers whose last texts are in quarantine is a column of numbers again.
    """
    stay = ~quarantine(rows, issues_left)
    frame = frame[stay].reset_index(drop=True)
    return numbers_again(frame, bad_numbers(issues_left)), rows[stay]


def bad_numbers(issues: Sequence[Issue]) -> tuple[str, ...]:
    """The columns of numbers that hold texts which are none."""
    return tuple(one.item for one in issues if one.kind == "number_bad")


def numbers_again(frame: gpd.GeoDataFrame, columns: Sequence[str]) -> gpd.GeoDataFrame:
    """The features with those of the columns as numbers that hold nothing else any more."""
    for one in columns:
        if one in frame.columns and is_text(frame[one]):
            frame[one] = numeric_if_all(frame[one].astype("string"))
    return frame


def _fixed(
    repair: Repair, frame: gpd.GeoDataFrame, rows: np.ndarray, wanted: np.ndarray, touched: set[int]
) -> tuple[gpd.GeoDataFrame, np.ndarray]:
    done = repair(frame, rows, np.flatnonzero(np.isin(rows, wanted)))
    touched.update(done.touched.tolist())
    return done.frame, done.rows


def _by_row(frame: gpd.GeoDataFrame, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return rows, frame.geometry.to_numpy()


def _changed_shapes(
    start: tuple[np.ndarray, np.ndarray],
    frame: gpd.GeoDataFrame,
    rows: np.ndarray,
    touched: set[int],
) -> dict[int, str]:
    """The shapes before, of those rows that are still there and look different now."""
    there = np.flatnonzero(np.isin(rows, np.fromiter(touched, np.int64, len(touched))))
    old_rows, old_shapes = start
    order = np.argsort(old_rows, kind="stable")
    before = old_shapes[order[np.searchsorted(old_rows[order], rows[there])]]
    now = frame.geometry.to_numpy()[there]
    differs = ~shapely.equals_identical(before, now) & ~shapely.is_missing(before)
    texts = shapely.to_wkt(before[differs], rounding_precision=9)
    return dict(zip(rows[there[differs]].tolist(), texts.tolist(), strict=True))


def _discreet(issue: Issue, masks: Mapping[str, str]) -> Issue:
    """The issue without the personal data of its samples: reports travel further than layers."""
    kind = masks.get(issue.item)
    if kind is None or issue.kind.startswith("personal_"):
        return issue
    sample = tuple(
        {**one, "before": mask(one["before"], kind), "after": mask(one["after"], kind)}
        for one in issue.sample
    )
    shown = str(issue.sample[0]["before"]) if issue.sample else ""
    problem = issue.problem.replace(shown, mask(shown, kind)) if shown else issue.problem
    after = str(issue.sample[0]["after"]) if issue.sample else ""
    remedy = issue.remedy.replace(after, mask(after, kind)) if after else issue.remedy
    return replace(issue, sample=sample, problem=problem, remedy=remedy)


def _counted(rows: np.ndarray, issues: Sequence[Issue]) -> tuple[int, int, int]:
    manual = np.zeros(len(rows), dtype=bool)
    fixable = np.zeros(len(rows), dtype=bool)
    for one in issues:
        if one.severity != "notice":
            hit = np.isin(rows, one.rows)
            if one.fix is None:
                manual |= hit
            else:
                fixable |= hit
    fixable &= ~manual
    passed = len(rows) - int(manual.sum()) - int(fixable.sum())
    return passed, int(fixable.sum()), int(manual.sum())


def _raised(now: Classification | None, *, personal: bool) -> Classification | None:
    """The level that personal data ask for; None when the layer has it already. Never lower."""
    if not personal or (now is not None and _HEIGHTS[now] >= _HEIGHTS[LEVEL]):
        return None
    return LEVEL
