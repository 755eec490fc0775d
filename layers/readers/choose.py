"""One of several layers, sheets or files of an upload: the named, the only one, or a question."""

from __future__ import annotations

from collections.abc import Sequence

from layers.contracts import Choice, Question
from layers.errors import NeedsAnswer
from layers.readers.contracts import Part, Upload
from layers.readers.detect import refuse

_GEOMETRIES = {"point": "点", "line": "线", "polygon": "面", "mixed": "多种几何", "none": "表"}
_SHOWN = 4


def choose(upload: Upload, parts: Sequence[Part], wanted: str | None, what: str = "图层") -> Part:
    """The part to read; raises NeedsAnswer with the parts as choices when only a person can tell.

    A part without features is no choice beside one that has some.
    """
    if wanted is not None:
        for part in parts:
            if part.name == wanted:
                return part
        names = "、".join(part.name for part in parts[:_SHOWN])
        refuse(upload, f"里面没有{what}“{wanted}”", f"可选的有:{names}")
    filled = [part for part in parts if part.features != 0]
    if len(filled) == 1 or len(parts) == 1:
        return (filled or parts)[0]
    names = "、".join(part.title for part in parts[:_SHOWN]) + ("…" if len(parts) > _SHOWN else "")
    text = f"{upload.name}:里面有 {len(parts)} 个{what}({names});请选择要导入的一个"
    options = tuple(Choice(part.name, part.title, describe(part)) for part in parts)
    raise NeedsAnswer(text, Question("part", text, options))


def describe(part: Part) -> str:
    """What a part holds, in a few words."""
    shape = _GEOMETRIES.get(part.geometry, part.geometry)
    return shape if part.features is None else f"{shape},{part.features:,} 个要素"
