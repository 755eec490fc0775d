"""The draft version of a submission: what its uploader and its reviewer look at, made once."""

from __future__ import annotations

import numpy as np

from layers.contracts import CrsDecision, ImportRequest, Problem, Version
from layers.errors import UnreadableFile
from layers.intake.examine import Examined, Watch
from layers.intake.prepare import Prepared
from layers.registry import LayerRegistry
from layers.review.contracts import Submission
from layers.review.work import HELD, REASONS, ROW, Work, work_frame


def work_of(examined: Examined) -> Work:
    """What is kept of a reading to show and to build from."""
    count = len(examined.frame)
    held = np.zeros(count, dtype=bool)
    reasons = np.full(count, "", dtype=object)
    frame = work_frame(examined.frame, examined.rows, held, reasons)
    crs = examined.crs
    notes = {
        "kind": examined.kind,
        "format": examined.reading.format,
        "encoding": examined.reading.encoding,
        "decided": crs.decided,
        "declared": crs.declared,
        "confidence": crs.confidence,
        "evidence": list(crs.evidence),
    }
    return Work(frame, examined.left_out, notes)


def build(
    registry: LayerRegistry,
    submission: Submission,
    request: ImportRequest,
    work: Work,
    watch: Watch,
) -> Version:
    """The draft; the same submission in the same state gives the same version."""
    watch.step("编译")
    prepared = _prepared(submission, work)
    sha256 = str(submission.file["sha256"])
    mark = {"submission": submission.id, "state": _state(submission)}
    return registry.record_draft(
        prepared, request, name=str(submission.file["name"]), sha256=sha256, mark=mark
    )


def _prepared(submission: Submission, work: Work) -> Prepared:
    held = work.frame[HELD].to_numpy(dtype=bool)
    kept = work.frame.loc[~held].reset_index(drop=True)
    if kept.empty:
        raise UnreadableFile("没有可以发布的要素;请先改正待核区里的行")
    notes = work.notes
    decision = CrsDecision(
        notes["decided"], notes["declared"], notes["confidence"], (), tuple(notes["evidence"])
    )
    return Prepared(
        frame=kept.drop(columns=[ROW, HELD, REASONS]),
        rows=kept[ROW].to_numpy(dtype=np.int64),
        kind=str(notes["kind"]),
        format=str(notes["format"]),
        encoding=notes["encoding"],
        crs=decision,
        problems=_set_aside(held, work),
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


def _state(submission: Submission) -> list[object]:
    return [submission.answers, submission.about.get("key")]
