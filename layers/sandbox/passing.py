"""What the parent tells the child and what the child answers, as files in one folder.

Never pickle: the child may be in the hands of the file it read.
"""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from layers import errors
from layers.contracts import Choice, Problem, Question
from layers.errors import LayerError, NeedsAnswer
from layers.readers.contracts import (
    EncodingFound,
    Part,
    RasterInfo,
    Reading,
    ReadOptions,
    Upload,
)
from layers.readers.gazetteer import Gazetteer
from layers.sandbox.plain import decode, encode
from layers.sandbox.tables import read_features, read_frame, write_features, write_frame

ASKED, ANSWER = "asked.json", "answer.json"
_FEATURES, _LEFT_OUT = "features.arrow", "left_out.arrow"
_MOST_ANSWER = 256 << 20
_ERRORS = {
    kind.__name__: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, LayerError)
}


class BrokenAnswer(Exception):
    """The child's answer is not one that a sound child gives."""


# --- parent to child ---


def write_asked(folder: Path, upload: Upload, options: ReadOptions) -> None:
    """Say which file is to be read and how."""
    said = {
        each.name: encode(getattr(options, each.name))
        for each in dataclasses.fields(options)
        if each.name != "gazetteer"
    }
    gazetteer = None if options.gazetteer is None else options.gazetteer.to_json()
    asked = {
        "path": str(upload.path.absolute()),
        "name": upload.name,
        "options": said,
        "gazetteer": gazetteer,
    }
    (folder / ASKED).write_text(json.dumps(asked), encoding="utf-8")


def read_asked(folder: Path) -> tuple[Upload, ReadOptions]:
    """What the parent said."""
    asked = json.loads((folder / ASKED).read_text(encoding="utf-8"))
    said = {name: decode(value) for name, value in asked["options"].items()}
    if asked["gazetteer"] is not None:
        said["gazetteer"] = Gazetteer.from_json(asked["gazetteer"])
    return Upload(Path(asked["path"]), asked["name"]), ReadOptions(**said)


# --- child to parent ---


def write_reading(folder: Path, reading: Reading) -> None:
    """Answer with what was read."""
    answer = {
        "features": write_features(reading.frame, reading.rows, folder / _FEATURES),
        "left_out": None
        if reading.left_out is None
        else write_frame(reading.left_out, folder / _LEFT_OUT),
        "format": reading.format,
        "encoding": reading.encoding,
        "declared": reading.declared,
        "evidence": list(reading.evidence),
        "problems": [encode(asdict(one)) for one in reading.problems],
        "parts": [encode(asdict(one)) for one in reading.parts],
        "part": reading.part,
        "encoding_found": reading.encoding_found and encode(asdict(reading.encoding_found)),
        "raster": reading.raster and encode(asdict(reading.raster)),
        "notes": encode(reading.notes),
    }
    _answer(folder, "reading", answer)


def write_error(folder: Path, wrong: LayerError) -> None:
    """Answer with a refusal or a question."""
    question = wrong.question if isinstance(wrong, NeedsAnswer) else None
    named = next((one.__name__ for one in type(wrong).__mro__ if one.__name__ in _ERRORS), "")
    said = {"class": named, "text": str(wrong), "question": question and encode(asdict(question))}
    _answer(folder, "error", said)


def write_failure(folder: Path, kind: str, text: str) -> None:
    """Answer that the program itself failed: kind "memory", "output" or "program"."""
    _answer(folder, kind, {"text": text[:20_000]})


def read_answer(folder: Path) -> Reading | LayerError | tuple[str, str]:
    """A reading, an error to raise, or (kind, text) of a failure; raises BrokenAnswer."""
    path = folder / ANSWER
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            raw = file.read(_MOST_ANSWER + 1)
        if len(raw) > _MOST_ANSWER:
            raise ValueError("answer too long")
        answer = json.loads(raw)
        kind, content = str(answer["kind"]), answer["content"]
        if kind == "reading":
            return _reading(folder, content)
        if kind == "error":
            return _error(content)
        return kind, str(content["text"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError, AttributeError) as wrong:
        raise BrokenAnswer(f"{type(wrong).__name__}: {wrong}") from wrong


def _answer(folder: Path, kind: str, content: object) -> None:
    fresh = folder / f"{ANSWER}.new"
    fresh.write_text(json.dumps({"kind": kind, "content": content}), encoding="utf-8")
    fresh.replace(folder / ANSWER)


def _reading(folder: Path, said: dict[str, Any]) -> Reading:
    frame, rows = read_features(folder / _FEATURES, said["features"])
    left_out = said["left_out"]
    found, raster = said["encoding_found"], said["raster"]
    return Reading(
        frame=frame,
        rows=rows,
        format=_text(said["format"]),
        encoding=_optional(said["encoding"]),
        declared=_optional(said["declared"]),
        evidence=tuple(_text(one) for one in said["evidence"]),
        problems=tuple(Problem(**decode(one)) for one in said["problems"]),
        parts=tuple(Part(**decode(one)) for one in said["parts"]),
        part=_optional(said["part"]),
        left_out=None if left_out is None else read_frame(folder / _LEFT_OUT, left_out),
        encoding_found=None if found is None else EncodingFound(**decode(found)),
        raster=None if raster is None else RasterInfo(**decode(raster)),
        notes=decode(said["notes"]),
    )


def _error(said: dict[str, Any]) -> LayerError:
    kind, text = _ERRORS[said["class"]], _text(said["text"])
    if kind is not NeedsAnswer:
        return kind(text)
    if said["question"] is None:
        return NeedsAnswer(text)
    asked = decode(said["question"])
    options = tuple(Choice(**one) for one in asked.pop("options"))
    return NeedsAnswer(text, Question(**asked, options=options))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)
