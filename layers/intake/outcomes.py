"""How an import ended, in the shape of its contract and in words."""

from __future__ import annotations

from typing import Any

from layers.contracts import (
    CrsDecision,
    ImportOutcome,
    ImportRequest,
    Outcome,
    Problem,
    Version,
    VersionState,
)
from layers.errors import LayerError
from layers.intake.prepare import Prepared, Unanswered
from layers.readers import Reading


def question(request: ImportRequest, name: str, unanswered: Unanswered) -> ImportOutcome:
    """The answer to a file whose coordinate system only a person can name."""
    reading = unanswered.reading
    message = (
        f"{name}:坐标系需要您确认。{';'.join(unanswered.crs.evidence)}。"
        "请用 --crs 指明:EPSG:4490(或 4326)、gcj02、bd09,或投影坐标系的 EPSG 编号"
    )
    return ImportOutcome(
        Outcome.NEEDS_ANSWER,
        request.layer,
        None,
        len(reading.frame),
        reading.format,
        reading.encoding,
        unanswered.crs,
        reading.problems,
        message,
    )


def refusal(request: ImportRequest, reading: Reading | None, wrong: LayerError) -> ImportOutcome:
    """The answer to a file (or a request) that was refused; `reading` is how far it got."""
    what, _, remedy = str(wrong).partition(";")
    about: dict[str, Any] = {"format": None, "encoding": None}
    if reading is not None:
        about = {"format": reading.format, "encoding": reading.encoding}
    return ImportOutcome(
        outcome=Outcome.REFUSED,
        layer=request.layer,
        version=None,
        features=None,
        crs=CrsDecision(None, reading.declared if reading else None, None),
        problems=(Problem(None, "文件", what, remedy),),
        message=str(wrong),
        **about,
    )


def done(
    request: ImportRequest, prepared: Prepared, version: Version, problems: tuple[Problem, ...]
) -> ImportOutcome:
    """The answer to an import that became a version."""
    live = version.state is VersionState.PUBLISHED
    state = "已发布" if live else "已存为草稿,尚未发布"
    return ImportOutcome(
        Outcome.PUBLISHED if live else Outcome.DRAFT,
        request.layer,
        version.id,
        version.features,
        prepared.format,
        prepared.encoding,
        prepared.crs,
        problems,
        f"图层 {request.layer} 第 {version.number} 版{state},共 {version.features} 个要素",
    )
