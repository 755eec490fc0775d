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
from layers.intake.examine import Asked
from layers.intake.prepare import Prepared
from layers.readers import Reading

_ANSWER_BY = {
    "crs": "请用 --crs 指明:EPSG:4490(或 4326)、gcj02、bd09,或投影坐标系的 EPSG 编号",
    "part": "请用 --part 指明要导入哪一个",
    "kind": "请用 --purpose layer 作为图层导入;指标请用 tonglan indicators import",
    "encoding": "请用 --encoding 指明文字编码",
    "columns": "请用 --column 指明,如 --column lon=经度 --column lat=纬度",
    "join": "请用 --column 指明按哪一列对应区划,如 --column code=区划代码",
    "schema": "确认无误请加 --accept-schema",
}
_MOST_OPTIONS = 12


def question(request: ImportRequest, asked: Asked) -> ImportOutcome:
    """The answer to a file that leaves a question which only a person can answer."""
    reading, kind = asked.reading, asked.question.kind
    listed = [f"{one.value}({one.title})" for one in asked.question.options[:_MOST_OPTIONS]]
    options = "" if kind == "crs" or not listed else f"可选:{'、'.join(listed)}。"
    message = f"{asked.question.text}。{options}{_ANSWER_BY.get(kind, '')}"
    return ImportOutcome(
        Outcome.NEEDS_ANSWER,
        request.layer,
        None,
        None if reading is None else len(reading.frame),
        None if reading is None else reading.format,
        None if reading is None else reading.encoding,
        asked.crs or CrsDecision(None, None, None),
        () if reading is None else reading.problems,
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
