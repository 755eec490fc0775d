"""An import without a review: what `tonglan import` makes of a file, by the same examination.

With the fixes `auto` every row that has a place goes in, broken polygons are put right and all
else that the checks find is told. With `all` or `none` the rules of the review hold: what is left
wrong after the fixes stays out of the version, and is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from layers.checks import Issue, kept
from layers.contracts import ImportRequest, Problem
from layers.errors import UnreadableFile
from layers.intake.answers import Answers
from layers.intake.attributes import tidy
from layers.intake.examine import ALL_FIXES, Asked, Examined, Read, examine
from layers.intake.place import place
from layers.intake.prepare import Prepared
from layers.intake.surroundings import Surroundings
from layers.readers import Upload
from layers.readers.tally import Tally

AUTO, ALL, NONE = "auto", "all", "none"
FIXES = (AUTO, ALL, NONE)

# What the placing and the numbering of features tell in their own words.
_TOLD_ELSEWHERE = frozenset(
    {"no_geometry", "off_earth", "kind", "invalid", "key_missing", "key_repeated"}
)
_HELD = "未改正,未进入版本"


@dataclass(frozen=True, slots=True)
class Direct:
    """How to import: what a person answered about the file, and which fixes to make."""

    answers: Answers
    fix: str = AUTO


def answers_of(request: ImportRequest) -> Answers:
    """What the request answers about its file."""
    return Answers(
        purpose=request.purpose,
        part=request.part,
        encoding=request.encoding,
        crs=request.crs,
        parameters=request.parameters,
        columns=dict(request.columns or {}),
        header_rows=request.header_rows,
    )


def prepare_direct(
    upload: Upload, direct: Direct, around: Surroundings, read: Read
) -> tuple[Prepared, Examined] | Asked:
    """The features of the version, or the question that stands in the way."""
    strict = direct.fix != AUTO
    answers = replace(direct.answers, fixes=(ALL_FIXES,) if direct.fix == ALL else ())
    if not strict:
        # The key is looked for later, and columns may come and go as they always could.
        around, answers = replace(around, key=None), replace(answers, accept_schema=True)
    examined = examine(upload, answers, around, read=read)
    if isinstance(examined, Asked):
        return examined
    if examined.question is not None:
        return Asked(examined.question, examined.reading, examined.crs)
    return (_strict if strict else _lenient)(upload, examined), examined


def _lenient(upload: Upload, examined: Examined) -> Prepared:
    reading, tally = examined.reading, Tally()
    decided = examined.crs.decided or ""
    placed = place(reading.frame.geometry.to_numpy(), reading.rows, decided, tally, upload.name)
    frame = reading.frame.iloc[placed.kept].set_geometry(placed.geometries).reset_index(drop=True)
    told = [
        one
        for one in examined.found.issues
        if one.severity != "notice" and one.kind not in _TOLD_ELSEWHERE
    ]
    return Prepared(
        frame=tidy(frame).set_crs("EPSG:4326", allow_override=True),
        rows=reading.rows[placed.kept],
        kind=placed.kind,
        format=reading.format,
        encoding=reading.encoding,
        crs=examined.crs,
        problems=(*examined.problems, *tally.problems(), *_problems(told), *_schema(examined)),
        quicklook=reading.quicklook,
    )


def _strict(upload: Upload, examined: Examined) -> Prepared:
    left, tally = examined.left.issues, Tally()
    frame, rows = kept(examined.frame, examined.rows, left)
    if not len(frame):
        first = next(_problems([one for one in left if one.severity == "error"]), None)
        what = f"{first.item}:{first.problem};{first.remedy}" if first else "没有要素"
        raise UnreadableFile(f"{upload.name}:没有一个要素通过检查;{what}")
    placed = place(frame.geometry.to_numpy(), rows, "EPSG:4326", tally, upload.name)
    frame = frame.iloc[placed.kept].set_geometry(placed.geometries).reset_index(drop=True)
    told = [one for one in left if one.severity != "notice"]
    return Prepared(
        frame=tidy(frame).set_crs("EPSG:4326", allow_override=True),
        rows=rows[placed.kept],
        kind=placed.kind,
        format=examined.reading.format,
        encoding=examined.reading.encoding,
        crs=examined.crs,
        problems=(
            *examined.problems,
            *_problems(told, held=True),
            *_fixed(examined),
            *tally.problems(),
            *_schema(examined),
        ),
        quicklook=examined.reading.quicklook,
    )


def _problems(issues: list[Issue], *, held: bool = False) -> Iterator[Problem]:
    for one in issues:
        row = int(np.min(one.rows)) if len(one.rows) else None
        aside = f"({_HELD})" if held and one.severity == "error" else ""
        yield Problem(row, one.item, f"{one.problem}{aside}", one.remedy, one.count)


def _fixed(examined: Examined) -> Iterator[Problem]:
    """What was put right, so that nothing changes in silence."""
    left = {one.id for one in examined.left.issues}
    for one in examined.found.issues:
        if one.fix is not None and one.id not in left and examined.fixed.changed:
            row = int(np.min(one.rows)) if len(one.rows) else None
            yield Problem(row, one.item, f"{one.problem}(已修正:{one.fix})", "请核对", one.count)


def _schema(examined: Examined) -> Iterator[Problem]:
    change = examined.left.schema
    if change is not None and not change.compatible:
        words = ";".join(change.words)
        yield Problem(None, "字段", f"与上一版相比{words}", "请确认样式、筛选和关联仍可用")
