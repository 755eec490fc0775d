"""The draft version of a submission: what its uploader and its reviewer look at, made once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from layers.checks import bad_numbers, numbers_again
from layers.contracts import CrsDecision, ImportRequest, Problem, Version
from layers.errors import UnreadableFile
from layers.intake.attributes import tidy
from layers.intake.examine import Examined, Watch
from layers.intake.place import place
from layers.intake.prepare import Prepared
from layers.readers.tally import Tally
from layers.registry import LayerRegistry
from layers.review.contracts import Submission
from layers.review.issues import held_reasons, issue_rows
from layers.review.work import HELD, REASONS, ROW, Work, work_frame


def work_of(examined: Examined) -> Work:
    """What is kept of a reading to show and to build from."""
    reasons = held_reasons(examined)
    frame = work_frame(examined.frame, examined.rows, examined.held, reasons)
    crs = examined.crs
    notes = {
        "kind": examined.kind,
        "format": examined.reading.format,
        "encoding": examined.reading.encoding,
        "decided": crs.decided,
        "declared": crs.declared,
        "confidence": crs.confidence,
        "evidence": list(crs.evidence),
        "numbers": list(bad_numbers(examined.left.issues)),
        "shapes_before": {str(row): wkt for row, wkt in examined.fixed.geometry_before.items()},
    }
    return Work(frame, examined.left_out, issue_rows(examined), notes)


def build(
    registry: LayerRegistry,
    submission: Submission,
    request: ImportRequest,
    work: Work,
    watch: Watch,
    quicklook: bytes | None = None,
) -> Version:
    """The draft; the same submission in the same state gives the same version."""
    watch.step("编译")
    prepared = replace(_prepared(submission, work), quicklook=quicklook)
    sha256 = str(submission.file["sha256"])
    mark = {
        "submission": submission.id,
        "answers": submission.answers,
        "about_key": submission.about.get("key"),
    }
    return registry.record_draft(
        prepared, request, name=str(submission.file["name"]), sha256=sha256, mark=mark
    )


def changes(
    registry: LayerRegistry, layer: str, live: str | None, version: str
) -> dict[str, int] | None:
    """How many features the version adds, removes and changes; None while nothing is live."""
    if live is None:
        return None
    found = registry.diff(layer, live, version)
    return {
        "added": len(found.added),
        "removed": len(found.removed),
        "changed": len(found.changed),
    }


def _prepared(submission: Submission, work: Work) -> Prepared:
    held = work.frame[HELD].to_numpy(dtype=bool)
    kept = work.frame.loc[~held].reset_index(drop=True)
    if kept.empty:
        raise UnreadableFile("没有可以发布的要素;请先改正待核区里的行")
    tally, rows, name = Tally(), kept[ROW].to_numpy(dtype=np.int64), str(submission.file["name"])
    placed = place(kept.geometry.to_numpy(), rows, "EPSG:4326", tally, name)
    frame = kept.iloc[placed.kept].set_geometry(placed.geometries).reset_index(drop=True)
    frame = numbers_again(frame.drop(columns=[ROW, HELD, REASONS]), work.notes["numbers"])
    notes = work.notes
    decision = CrsDecision(
        notes["decided"], notes["declared"], notes["confidence"], (), tuple(notes["evidence"])
    )
    return Prepared(
        frame=tidy(frame).set_crs("EPSG:4326", allow_override=True),
        rows=rows[placed.kept],
        kind=placed.kind,
        format=str(notes["format"]),
        encoding=notes["encoding"],
        crs=decision,
        problems=(*_set_aside(held, work), *tally.problems()),
    )


def _set_aside(held: np.ndarray, work: Work) -> tuple[Problem, ...]:
    """What stays out of the version, by count: nothing is left out in silence."""
    found = []
    if held.any():
        rows = work.frame.loc[held, ROW]
        found.append(
            Problem(int(rows.min()), "检查", "有未改正的错误,留在待核区", "改正后再提交", len(rows))
        )
    if len(work.left_out):
        rows = work.left_out[ROW]
        found.append(
            Problem(int(rows.min()), "位置", "没有位置,留在待核区", "补上位置后再提交", len(rows))
        )
    return tuple(found)
